// @alicloud/mns ships no types; these are the calls that the examples make.
declare module '@alicloud/mns' {
  export default class Client {
    constructor(accountId: string, options: object);
    createQueue(name: string): Promise<unknown>;
    createTopic(name: string): Promise<unknown>;
    publishMessage(topicName: string, message: { readonly MessageBody: string }): Promise<unknown>;
    put(resource: string, rootName: string, body: Buffer): Promise<unknown>;
  }
}
