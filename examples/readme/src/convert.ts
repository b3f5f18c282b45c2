import { TaskFailedError, createBridge, createImm, createProvisioner } from '@mnsbus/bridge';
import { mns } from './connection.js';

const provisioner = createProvisioner({ mns });
await provisioner.ensure({
  topic: { name: 'imm-events' },
  queue: { name: 'imm-events', visibilityTimeoutSeconds: 60 },
  subscription: { name: 'to-queue' },
});
provisioner.close();

export const bus = createBridge({ mns, queueName: 'imm-events' });
export const imm = createImm({ ...mns, apiVersion: '2020-09-30', bus, project: 'demo', topicName: 'imm-events' });
await bus.start();

/** Converts a document; resolves when IMM has done it, or could not. */
export async function convert(sourceUri: string, targetUri: string): Promise<string> {
  const task = await imm.convertOffice({ SourceURI: sourceUri, TargetURI: targetUri, TargetType: 'pdf' });
  try {
    const { outcome } = await task.finished;
    return `${task.taskId} ended at ${outcome.endedAt?.toISOString()}`;
  } catch (error) {
    if (error instanceof TaskFailedError) return `${task.taskId} failed with ${error.taskCode}`;
    throw error;
  }
}
