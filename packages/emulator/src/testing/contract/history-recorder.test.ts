import { describe, expect, it } from 'vitest';
import { checkHistory } from '../history/check-history.js';
import { receiveEntry, sendEntry } from './history-entries.js';
import { HistoryRecorder } from './history-recorder.js';
import { createQueue, receiveMessages, sendMessage } from './requests.js';
import { emulatorTarget } from './targets/emulator-target.js';

const draft = { body: 'x', delaySeconds: 0 };

describe('a recorder', () => {
  it('writes a call that was applied, and whose answer was lost, down as unknown; the checker takes both for possible', async () => {
    const target = await emulatorTarget();
    await target.call(createQueue('q'));
    const recorder = new HistoryRecorder(target);
    await recorder.record('A', sendMessage('q', draft), (call) => sendEntry(call, [draft]), true);
    expect(recorder.calls).toEqual([expect.not.objectContaining({ results: expect.anything() })]);
    await recorder.record('B', receiveMessages('q', { count: 1 }), (call) =>
      receiveEntry(call, { count: 1, waitSeconds: 0 }),
    );
    expect(recorder.calls[1]).toMatchObject({ kind: 'receive', deliveries: [{ body: 'x', dequeueCount: 1 }] });
    const history = { retentionMs: 60_000, isDrained: false, isExact: true };
    expect(checkHistory({ ...history, calls: recorder.calls })).toEqual([]);
    // Without the send, the same delivery is an invention.
    expect(checkHistory({ ...history, calls: recorder.calls.slice(1) })).toEqual([
      { invariant: 'I2', reason: expect.stringContaining('no send can have brought it') },
    ]);
  });

  it('writes a call that was cut off down as unknown, too, and knows how many are open', async () => {
    const target = await emulatorTarget();
    const cut = { ...target, call: () => Promise.reject(new Error('connection reset')) };
    const recorder = new HistoryRecorder(cut);
    const done = recorder.record('A', sendMessage('q', draft), (call) => sendEntry(call, [draft]));
    expect(recorder.openCalls).toBe(1);
    await done;
    expect(recorder.openCalls).toBe(0);
    expect(recorder.calls).toMatchObject([
      { kind: 'send', client: 'A', invoked: { order: 1 }, returned: { order: 3 } },
    ]);
    expect(recorder.calls[0]).not.toHaveProperty('results');
  });

  it('tells when a request arrived only where that can be seen', async () => {
    const target = await emulatorTarget();
    for (const inProcess of [true, false]) {
      const recorder = new HistoryRecorder({ ...target, capabilities: { ...target.capabilities, inProcess } });
      await recorder.record('A', sendMessage('q', draft), (call) => sendEntry(call, [draft]));
      expect(recorder.calls[0]?.arrived !== undefined).toBe(inProcess);
    }
  });
});
