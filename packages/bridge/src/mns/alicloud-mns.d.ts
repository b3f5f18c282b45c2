// @alicloud/mns ships no types. What is declared here is what we use of it, read from version 1.2.0.
declare module '#alicloud-mns' {
  const Client: new (accountId: string, options: object) => import('./sdk-client.js').SdkClient;
  export default Client;
}

declare module '#alicloud-mns/helper' {
  /** Parses XML into xml2js's form: every element a list. */
  export function parseXML(text: string): Promise<Record<string, Record<string, unknown>>>;
  /** Takes single texts out of their lists. */
  export function extract(list: unknown): unknown;
}
