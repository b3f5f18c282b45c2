import { httpRequest } from '../load/http-message.js';
import { BODY, accepted, between, type Protocol } from './protocol.js';

/** Where a server has its queues. */
export interface SqsPaths {
  /** The path of the queue's URL. */
  readonly url: (queueName: string) => string;
  /** Where requests about the queue go. */
  readonly target: (queueName: string) => string;
}

/** SQS's query protocol; the emulators of it ask for no signature. */
export function sqs(port: number, paths: SqsPaths): Protocol {
  const post = (target: string, form: Readonly<Record<string, string>>): Buffer =>
    httpRequest(
      'POST',
      target,
      { Host: `localhost:${port}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({ ...form, Version: '2012-11-05' }).toString(),
    );
  return {
    queue: (name) => {
      const target = paths.target(name);
      // One of the servers knows its queues by this very host name.
      const QueueUrl = `http://localhost:${port}${paths.url(name)}`;
      return {
        create: post('/', { Action: 'CreateQueue', QueueName: name }),
        send: post(target, { Action: 'SendMessage', QueueUrl, MessageBody: BODY }),
        receive: post(target, {
          Action: 'ReceiveMessage',
          QueueUrl,
          MaxNumberOfMessages: '1',
          VisibilityTimeout: '600',
          WaitTimeSeconds: '0',
        }),
        handlesIn: (reply) => {
          accepted(reply);
          return between(reply.body.toString(), '<ReceiptHandle>', '</ReceiptHandle>');
        },
        delete: (handle) => post(target, { Action: 'DeleteMessage', QueueUrl, ReceiptHandle: handle }),
      };
    },
  };
}
