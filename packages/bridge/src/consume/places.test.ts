import { VirtualClock } from '@mnsbus/core';
import { expect, it } from 'vitest';
import { resolveSettings } from '../options/bridge-settings.js';
import { waitingEntry } from '../test-support/waiting-entry.js';
import { Places } from './places.js';

it('are as many at listeners as the settings say at this time, and for what is held ready besides', () => {
  const settings = { current: resolveSettings({ concurrency: 3, prefetch: 5 }) };
  const { running, room, prefetch } = new Places(settings);
  expect([running.free, room.free]).toEqual([3, 8]);
  prefetch.shrink();
  expect([running.free, room.free]).toEqual([3, 5]);
  prefetch.grow();
  settings.current = resolveSettings({ concurrency: 4, prefetch: 1 });
  expect([running.free, room.free]).toEqual([4, 5]);
});

it('are given back once, by a message that waited and by one at its listeners', () => {
  const places = new Places({ current: resolveSettings({}) });
  const [waiting, running] = [waitingEntry(new VirtualClock(0)), waitingEntry(new VirtualClock(0))];
  const used = (): readonly number[] => [places.running.used, places.room.used];
  places.room.take(2);
  places.start(running);
  expect([running.place, used()]).toEqual(['running', [1, 2]]);
  expect([places.leave(running), used()]).toEqual(['running', [0, 1]]);
  expect([places.leave(running), used()]).toEqual(['none', [0, 1]]);
  expect([places.leave(waiting), used()]).toEqual(['waiting', [0, 0]]);
  expect([places.leave(waiting), used()]).toEqual(['none', [0, 0]]);
});
