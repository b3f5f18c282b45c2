import type MNSClient from '@alicloud/mns';
import type { Imm } from './imm.js';
import type { Settings } from './settings.js';

const WAIT_SECONDS = 20;

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
  for (const sourceUri of sourceUris) {
    const task = await imm.createTask(sourceUri);
    print(`  CreateOfficeConversionTask ${sourceUri} → ${task.TaskId} ${task.Status}`);
  }

  const { body: message } = await mns.receiveMessage(queueName, WAIT_SECONDS);
  print(`\n  receiveMessage\n    ${message.MessageBody}`);
  await mns.deleteMessage(queueName, message.ReceiptHandle);

  // A batch may hold fewer than asked for, so it takes as many as it takes.
  for (let missing = sourceUris.length - 1; missing > 0;) {
    const { body: messages } = await mns.batchReceiveMessage(queueName, missing, WAIT_SECONDS);
    print('\n  batchReceiveMessage');
    for (const { MessageBody, ReceiptHandle } of messages) {
      print(`    ${MessageBody}`);
      await mns.deleteMessage(queueName, ReceiptHandle);
    }
    missing -= messages.length;
  }
}
