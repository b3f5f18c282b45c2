import { createImm, createBridge } from '@mnsbus/bridge';
import type { Connection } from './bookshelf.js';

/** Creates the IMM project of the app, which in production somebody has created once. */
export async function createProject({ mns, ...rest }: Connection): Promise<void> {
  const bus = createBridge({ mns, ...rest });
  const names = { project: 'bookshelf', topicName: 'bookshelf' };
  const imm = createImm({ ...mns, ...rest, seed: 'project', apiVersion: '2020-09-30', bus, ...names });
  await imm.call('CreateProject', { ProjectName: 'bookshelf' });
  imm.close();
  await bus.close();
}
