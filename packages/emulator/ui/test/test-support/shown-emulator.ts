import { SteerableClock } from '@mnsbus/core';
import { TEST_KEY, rpcRequest } from '../../../src/imm/test-support/rpc-request.js';
import { listen, type EmulatorServer, type ListenOptions } from '../../../src/mounts/http.js';
import { ACCOUNT } from '../../../src/mns/test-support/mns-fixture.js';
import { operatedEmulator, type OperatedEmulator } from '../../../src/operator/test-support/operated-emulator.js';

/** A served emulator with something in it, and clients of both services. */
export interface ShownEmulator extends Pick<OperatedEmulator, 'emulator' | 'call' | 'receive'> {
  readonly server: EmulatorServer;
  readonly pageUrl: string;
  /** Creates a task whose event goes to the topic `events`; gives its id. */
  newTask(source?: string): Promise<string>;
  /** Receives what the queue `work` has, and deletes it; gives how much that was. */
  consume(): Promise<number>;
}

/** Queues `work`, `spare` and `empty`, the topic `events` with a subscription to `work`, and a project. */
export async function shownEmulator(options: ListenOptions = {}): Promise<ShownEmulator> {
  const accounts = [{ accountId: ACCOUNT, accessKeys: [TEST_KEY] }];
  const { emulator, call, receive } = operatedEmulator({
    clock: new SteerableClock(),
    accounts,
    imm: { durationMs: 20 },
  });
  emulator.operator.seed({
    queues: [{ name: 'work' }, { name: 'spare' }, { name: 'empty' }],
    topics: [{ name: 'events', subscriptions: [{ name: 'to-work', queue: 'work' }] }, { name: 'unheard' }],
    projects: [{ name: 'demo' }],
  });
  const server = await listen(emulator, options);
  return {
    emulator,
    call,
    receive,
    server,
    pageUrl: `${server.endpoint}/_emulator/ui`,
    newTask: async (source = 'oss://bkt/a.docx') => {
      const parameters = {
        Action: 'CreateOfficeConversionTask',
        Project: 'demo',
        SrcUri: source,
        TgtUri: 'oss://bkt/out',
        TgtType: 'pdf',
        NotifyEndpoint: `http://${ACCOUNT}.mns.cn-hangzhou.aliyuncs.com`,
        NotifyTopicName: 'events',
      };
      await emulator.handle(rpcRequest(parameters, emulator.clock.now()));
      return emulator.tasks.list().at(-1)?.taskId ?? 'no task';
    },
    consume: async () => {
      const messages = await receive('work');
      for (const { receiptHandle } of messages) {
        await call('DELETE', `/queues/work/messages?ReceiptHandle=${encodeURIComponent(receiptHandle)}`);
      }
      return messages.length;
    },
  };
}
