import { expect, it } from 'vitest';
import { abortable } from './abortable.js';

it('gives the outcome of the work', async () => {
  const { signal } = new AbortController();
  await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
  await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

it('waits no longer than until the signal aborts, and not at all when it has', async () => {
  const ending = new AbortController();
  const never = new Promise(() => {});
  const waiting = abortable(never, ending.signal);
  ending.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(abortable(never, ending.signal)).rejects.toThrow('enough');
});

it('lets a failure that comes too late be nobody’s', async () => {
  const ending = new AbortController();
  let fail: (error: Error) => void = () => expect.fail('it does not run');
  const waiting = abortable(new Promise((_, reject) => (fail = reject)), ending.signal);
  ending.abort('a reason that is no error');
  await expect(waiting).rejects.toThrow('aborted');
  fail(new Error('late'));
});
