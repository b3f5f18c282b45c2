import { expect, it } from 'vitest';
import { KnownMessages } from './known-messages.js';

it('remembers of each event of a message who has done his part', () => {
  const messages = new KnownMessages();
  const [one, other] = [() => {}, () => {}];
  messages.of('m').succeeded(0, one);
  messages.of('m').succeeded(0, other);
  messages.of('m').succeeded(1, one);
  const known = messages.of('m');
  expect([known.hasSucceeded(0, one), known.hasSucceeded(0, other)]).toEqual([true, true]);
  expect([known.hasSucceeded(1, one), known.hasSucceeded(1, other)]).toEqual([true, false]);
  expect(messages.of('n').hasSucceeded(0, one)).toBe(false);
  messages.forget('m');
  expect(messages.of('m').hasSucceeded(0, one)).toBe(false);
});

it('remembers ten thousand messages, and forgets the one that was longest not thought of', () => {
  const messages = new KnownMessages();
  for (let index = 0; index < 10_000; index += 1) messages.of(`m${index}`).unheard = 1;
  messages.of('m0');
  messages.of('new');
  expect(messages.size).toBe(10_000);
  expect([messages.of('m0').unheard, messages.of('m2').unheard, messages.of('m1').unheard]).toEqual([1, 1, 0]);
});
