import RPCClient from '@alicloud/pop-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator.js';
import { listen } from '../../mounts/http.js';
import type { Hint } from './hint.js';

interface World {
  readonly emulator: Emulator;
  /** Told one by one. */
  readonly told: readonly Hint[];
  readonly imm: RPCClient;
}

async function serve(): Promise<World> {
  const told: Hint[] = [];
  const emulator = createEmulator({ onHint: (hint) => told.push(hint) });
  const { endpoint, close } = await listen(emulator);
  onTestFinished(close);
  const { accessKeyId, accessKeySecret } = emulator;
  return { emulator, told, imm: new RPCClient({ endpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret }) };
}

const failed = (call: Promise<unknown>): Promise<unknown> => expect(call).rejects.toThrow(/./);

describe('an action that is not emulated', () => {
  it('is told of once, with why and with the option that answers it', async () => {
    const { told, imm } = await serve();
    for (const _ of [1, 2]) await failed(imm.request('GetWebofficeURL', { Project: 'demo' }));
    expect(told).toMatchObject([
      {
        code: 'action-unanswered',
        subject: 'GetWebofficeURL of IMM 2017-09-06',
        message: expect.stringContaining('not emulated (tells of no task’s end)'),
        advice: expect.stringContaining(
          "imm.replies of the options or of the config file, or mns-emulator reply set 2017-09-06 GetWebofficeURL '{}'",
        ),
      },
    ]);
    await failed(imm.request('GetMediaMeta', {}));
    expect(told).toHaveLength(2);
  });

  it('and that nobody knows is told of once in all, with what may be meant', async () => {
    const { told, imm } = await serve();
    await failed(imm.request('DetectMediaMeta', {}));
    expect(told).toMatchObject([
      { subject: 'unknown actions of IMM 2017-09-06', advice: 'It is one of 2020-09-30: is this the right version?' },
    ]);
    for (let index = 0; index < 50; index += 1) await failed(imm.request(`Anything${index}`, {}));
    expect(told).toHaveLength(1);
  });

  it('is no hint when a script answers it, nor at another path', async () => {
    const { told, imm, emulator } = await serve();
    emulator.replies.set('2017-09-06', 'GetWebofficeURL', { reply: {} });
    await imm.request('GetWebofficeURL', {});
    expect(told).toEqual([]);
  });
});
