import type MNSClient from '@alicloud/mns';
import type { QueueMessage } from '@alicloud/mns';
import type { Imm } from './imm.js';
import type { Settings } from './settings.js';

const WAIT_SECONDS = 20;

/** A conversion may take five minutes, and wait before it begins; after this many empty answers something is wrong. */
const MAX_EMPTY = 30;

/**
 * What the vendor's article does: submit, then receive raw messages, one by itself and the others in a batch.
 *
 * Nothing is verified, decoded or typed here; that is the point of the second half.
 */
export async function receiveRawMessages(
  imm: Imm,
  mns: MNSClient,
  settings: Settings,
  print: (line: string) => void,
): Promise<void> {
  const { queueName, sourceUris } = settings;
  const missing = new Set<string>();
  for (const sourceUri of sourceUris) {
    const task = await imm.createTask(sourceUri);
    missing.add(task.TaskId);
    print(`  CreateOfficeConversionTask ${sourceUri} → ${task.TaskId} ${task.Status}`);
  }

  const take = async (messages: readonly QueueMessage[]): Promise<void> => {
    for (const { MessageBody, ReceiptHandle } of messages) {
      print(`    ${MessageBody}`);
      // What an earlier run has left behind is none of these tasks, and goes as well.
      for (const taskId of missing) if (MessageBody.includes(taskId)) missing.delete(taskId);
      await mns.deleteMessage(queueName, ReceiptHandle);
    }
  };

  print('\n  receiveMessage');
  await take(await unlessEmpty(async () => [(await mns.receiveMessage(queueName, WAIT_SECONDS)).body]));
  // A batch may hold fewer than asked for, so it takes as many as it takes.
  while (missing.size > 0) {
    print('\n  batchReceiveMessage');
    await take(
      await unlessEmpty(async () => (await mns.batchReceiveMessage(queueName, missing.size, WAIT_SECONDS)).body),
    );
  }
}

/** Receives until something comes: to the SDK, a wait that was too short is an error. */
async function unlessEmpty(receive: () => Promise<readonly QueueMessage[]>): Promise<readonly QueueMessage[]> {
  for (let count = 1; ; count += 1) {
    try {
      return await receive();
    } catch (error) {
      const isEmpty = error instanceof Error && error.name === 'MNSMessageNotExistError';
      if (!isEmpty || count === MAX_EMPTY) throw error;
    }
  }
}
