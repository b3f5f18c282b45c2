import type { StreamedEvent } from '@mnsbus/bridge';
import { sleep } from '@mnsbus/core';
import { happens } from '../draw.js';
import { EVENT } from '../message-body.js';
import type { ConsumerWay } from '../scenario-plan.js';
import type { Listening } from './listening.js';

/** Registers the listeners of one way of consuming. */
type Register = (listening: Listening) => void;

/** How a replica hears of the events that it is for, by each way that the bus offers. */
export const CONSUMERS: Readonly<Record<ConsumerWay, Register>> = {
  on: (listening) => void listening.bus.on(EVENT, listening.listener('main', 'consumer')),
  once: (listening) => registerOnce(listening),
  star: (listening) => void listening.bus.on('*', listening.listener('main', 'all')),
  group: (listening) => void listening.bus.on('FormatConvertJob:*', listening.listener('main', 'consumer')),
  map: (listening) =>
    void listening.bus.on({
      [EVENT]: listening.listener('main', 'consumer'),
      'FormatConvertJob:*': listening.listener('group', 'consumer'),
    }),
  // The two draw their failures each for itself.
  pair: (listening) =>
    void listening.bus
      .on(EVENT, listening.listener('main', 'consumer'))
      .on(EVENT, listening.listener('second', 'consumer')),
  events: (listening) => read(listening, { atOnce: 1, pauseMs: 0, leave: 'never' }),
  'events-slow': (listening) => read(listening, { atOnce: 1, pauseMs: 15_000, leave: 'never' }),
  'events-leaving': (listening) => read(listening, { atOnce: 1, pauseMs: 0, leave: 'return' }),
  'events-throwing': (listening) => read(listening, { atOnce: 1, pauseMs: 0, leave: 'throw' }),
  'events-parallel': (listening) => read(listening, { atOnce: 3, pauseMs: 0, leave: 'never' }),
  'events-unread': (listening) => {
    const { healing } = listening.parts;
    read(listening, { atOnce: 1, pauseMs: 0, leave: 'never', begin: healing.over });
  },
};

/** A listener that is registered again a little after it has handled its one event. */
function registerOnce(listening: Listening): void {
  let round = 0;
  const register = (): void => {
    round += 1;
    const name = `once-${round}`;
    const listener = listening.listener(name, 'consumer', () => {
      listening.left(name);
      listening.parts.processClock.after(AGAIN_MS, register);
    });
    listening.bus.once(EVENT, listener);
  };
  register();
}

/** Between two listeners of `once`, in milliseconds: there is a while in which nobody listens. */
const AGAIN_MS = 10;

interface Reading {
  /** How many events are asked for at once: all that was given counts as done when more is asked for. */
  readonly atOnce: number;
  /** Longest pause between two events, in milliseconds. */
  readonly pauseMs: number;
  /** How the loop is left now and then, to be begun anew. */
  readonly leave: 'never' | 'return' | 'throw';
  readonly begin?: Promise<void>;
}

type Item = StreamedEvent<{ readonly data: { readonly taskId: string } }>;

/** Reads an iterator as `for await` does, by hand: what counts as handled is what was done when the next is asked for. */
function read(listening: Listening, reading: Reading): void {
  let round = 0;
  const begin = (): void => {
    round += 1;
    const name = `events-${round}`;
    const iterator = listening.bus.events(EVENT);
    listening.listens(name, 'consumer');
    const again = (): void => {
      begin();
      listening.left(name);
    };
    const reader = { ...reading, name, iterator, again };
    listening.run(reading.atOnce > 1 ? readSeveral(listening, reader) : readOne(listening, reader));
  };
  begin();
}

interface Reader extends Reading {
  readonly name: string;
  readonly iterator: AsyncIterator<Item, undefined, undefined>;
  readonly again: () => void;
}

async function readOne(listening: Listening, reader: Reader): Promise<void> {
  const { parts, random } = listening;
  const { iterator, name, pauseMs, leave } = reader;
  await reader.begin;
  for (;;) {
    const { done, value: item } = await iterator.next();
    if (done === true || item === undefined) return;
    // Whoever reads an iterator goes on with the next event when one has failed, or leaves.
    const work = listening.work(name, item.event.data.taskId, item);
    if (pauseMs > 0 && !parts.healing.isOver) await sleep(parts.processClock, random.integer(0, pauseMs));
    const isDone = await attempt(() => work.run());
    if (isDone && !(leave !== 'never' && !parts.healing.isOver && happens(random, 30))) {
      work.end();
      continue;
    }
    if (leave === 'never') item.retry({ afterSeconds: 1 });
    else {
      work.givenBack();
      work.end();
      reader.again();
      await leaveLoop(iterator, leave);
      return;
    }
    work.end();
  }
}

/** Asks for several at once, and for more only when all that was given is done: asking says so of all. */
async function readSeveral(listening: Listening, { iterator, name, atOnce }: Reader): Promise<void> {
  const state = { working: 0, owed: atOnce };
  const ask = async (): Promise<void> => {
    const { done, value: item } = await iterator.next();
    if (done === true || item === undefined) return;
    state.working += 1;
    const work = listening.work(name, item.event.data.taskId, item);
    // One that is done does not wait for the others: they may hang for longer than its lease.
    if (!(await attempt(() => work.run()))) item.retry({ afterSeconds: 1 });
    else if (!item.signal.aborted) item.ack();
    work.end();
    state.working -= 1;
    state.owed += 1;
    if (state.working === 0) await askForMore();
  };
  const askForMore = async (): Promise<void> => {
    const count = state.owed;
    state.owed = 0;
    await Promise.all(Array.from({ length: count }, ask));
  };
  await askForMore();
}

async function leaveLoop(iterator: Reader['iterator'], leave: 'return' | 'throw'): Promise<void> {
  if (leave === 'throw' && iterator.throw !== undefined) await attempt(() => iterator.throw?.(new Error('left')));
  else await iterator.return?.();
}

async function attempt(run: () => unknown): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}
