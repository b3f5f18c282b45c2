// @alicloud/mns ships no types; these are the calls that the examples make.
declare module '@alicloud/mns' {
  export default class Client {
    constructor(accountId: string, options: object);
    createQueue(name: string): Promise<unknown>;
    createTopic(name: string): Promise<unknown>;
    put(resource: string, rootName: string, body: Buffer): Promise<unknown>;
  }
}
