import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEmulator, type PersistentEmulator } from '../../open-emulator.js';
import type { ImmReplies } from './imm-replies.js';

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mnsbus-replies-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function opened(dataDir: string, replies: ImmReplies = {}): Promise<PersistentEmulator> {
  const emulator = await openEmulator({ dataDir, imm: { replies } });
  onTestFinished(() => emulator.close());
  return emulator;
}

const names = ({ replies }: PersistentEmulator): readonly string[] => replies.list().map(({ action }) => action);

describe('replies in a data directory', () => {
  it('are there after a restart: what was set, what was removed, but no function', async () => {
    const dataDir = await directory();
    const options: ImmReplies = { '2020-09-30': { GetStory: { reply: {} }, GetDataset: () => ({ reply: {} }) } };
    const first = await opened(dataDir, options);
    first.replies.set('2020-09-30', 'DetectImageFaces', { reply: { Faces: [1] } });
    first.replies.set('2017-09-06', 'GetImage', { refuse: { code: 'X' } });
    first.replies.set('2017-09-06', 'GetVideo', { reply: {} });
    first.replies.set('2017-09-06', 'GetVideo', () => ({ reply: {} }));
    first.replies.set('2020-09-30', 'SimpleQuery', { reply: {} });
    first.replies.remove('2020-09-30', 'SimpleQuery');
    first.replies.remove('2020-09-30', 'GetStory');
    await first.close();

    const second = await opened(dataDir, options);
    expect(second.replies.list()).toEqual([
      { apiVersion: '2017-09-06', action: 'GetImage', reply: { refuse: { code: 'X' } }, answeredCount: 0 },
      { apiVersion: '2020-09-30', action: 'DetectImageFaces', reply: { reply: { Faces: [1] } }, answeredCount: 0 },
      { apiVersion: '2020-09-30', action: 'GetDataset', answeredCount: 0 },
    ]);
    second.reset();
    await second.close();
    expect(names(await opened(dataDir, options))).toEqual(['GetDataset', 'GetStory']);
  });

  it('are told of on the disk before whoever set them is', async () => {
    const dataDir = await directory();
    const first = await opened(dataDir);
    first.replies.set('2020-09-30', 'DetectImageFaces', { reply: {} });
    const flushed = first.flushed();
    await expect(flushed).resolves.toBeUndefined();
    const { replies } = first.snapshot();
    expect(replies).toEqual({ '2020-09-30': { DetectImageFaces: { reply: {} } } });
  });

  it('tell their hints once, although options are checked before anything is made', async () => {
    const told: string[] = [];
    const emulator = await openEmulator({
      dataDir: await directory(),
      imm: { replies: { '2020-09-30': { DetectImageFace: { reply: {} } } } },
      onHint: ({ code }) => told.push(code),
    });
    onTestFinished(() => emulator.close());
    expect(told).toEqual(['unknown-action-scripted']);
  });
});
