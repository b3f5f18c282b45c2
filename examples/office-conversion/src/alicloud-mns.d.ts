// @alicloud/mns ships no types; these are the calls that this example makes.
declare module '@alicloud/mns' {
  interface Reply<Body> {
    readonly code: number;
    readonly body: Body;
  }
  export interface QueueMessage {
    readonly MessageId: string;
    readonly MessageBody: string;
    readonly ReceiptHandle: string;
  }
  export default class Client {
    constructor(
      accountId: string,
      options: {
        readonly accessKeyId: string;
        readonly accessKeySecret: string;
        readonly securityToken?: string;
        readonly region?: string;
        readonly endpoint?: string;
      },
    );
    createQueue(name: string): Promise<Reply<undefined>>;
    createTopic(name: string): Promise<Reply<undefined>>;
    put(resource: string, rootName: string, body: Buffer, replyHeaders: readonly string[]): Promise<Reply<undefined>>;
    receiveMessage(queueName: string, waitSeconds: number): Promise<Reply<QueueMessage>>;
    batchReceiveMessage(queueName: string, max: number, waitSeconds: number): Promise<Reply<readonly QueueMessage[]>>;
    deleteMessage(queueName: string, receiptHandle: string): Promise<Reply<undefined>>;
  }
}
