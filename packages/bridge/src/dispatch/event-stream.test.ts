import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { call, eventNamed, settled, type CalledHandler } from '../test-support/called-handler.js';
import { createEventStream, type EventStream, type StreamedEvent } from './event-stream.js';
import type { DecodedEvent } from './decoded-event.js';

type Item = StreamedEvent<DecodedEvent>;

/** The name of the event that a call of `next` has brought, or that it has ended. */
const told = async (next: Promise<IteratorResult<Item, undefined>>): Promise<string> => {
  const { value } = await next;
  return value === undefined ? 'end' : nameIn(value);
};

const nameIn = ({ event }: Item): string => ('eventName' in event ? event.eventName : event.name);

const streamed = (): EventStream & { readonly offer: (name: string) => CalledHandler } => {
  const stream = createEventStream(() => {});
  return { ...stream, offer: (name) => call(stream.handler, eventNamed(name)) };
};

describe('An event stream', () => {
  it('hands each of several that ask at once an event of its own, and acknowledges none of them by that', async () => {
    const { iterator, offer } = streamed();
    const asked = [iterator.next(), iterator.next()];
    const calls = [offer('a'), offer('b')];
    expect(await Promise.all(asked.map(told))).toEqual(['a', 'b']);
    const waiting = [offer('c'), offer('d')];
    await settled();
    expect(calls.map(({ verdict }) => verdict())).toEqual([undefined, undefined]);
    // Those that wait already are handed out in the same turn.
    const more = [iterator.next(), iterator.next()];
    expect(await Promise.all(more.map(told))).toEqual(['c', 'd']);
    expect(calls.map(({ verdict }) => verdict())).toEqual(['ack', 'ack']);
    expect(waiting.map(({ verdict }) => verdict())).toEqual([undefined, undefined]);
    void iterator.next();
    await settled();
    expect(waiting.map(({ verdict }) => verdict())).toEqual(['ack', 'ack']);
  });

  it('does not acknowledge what came for one while another asks', async () => {
    const { iterator, offer } = streamed();
    const first = iterator.next();
    const one = offer('a');
    void iterator.next();
    expect(await told(first)).toBe('a');
    await settled();
    expect(one.verdict()).toBeUndefined();
    void iterator.next();
    await settled();
    expect(one.verdict()).toBe('ack');
  });

  it('gives back what has lost its message before it was taken, and hands out what comes then', async () => {
    const { iterator, handler, offer } = streamed();
    const lost = offer('lost');
    lost.lose();
    await settled();
    expect(lost.verdict()).toBe('release');
    expect(lost.isFinished()).toBe(true);
    const already = new AbortController();
    already.abort();
    const late = call(handler, eventNamed('late'), already);
    await settled();
    expect(late.verdict()).toBe('release');
    offer('next');
    expect(await told(iterator.next())).toBe('next');
  });

  it('does not acknowledge by asking what has lost its message since it was taken, unless that was done before', async () => {
    for (const isAcknowledged of [false, true]) {
      const { iterator, offer } = streamed();
      const one = offer('a');
      const { value } = await iterator.next();
      one.lose();
      await settled();
      // The consumer still works on it.
      expect(one.isFinished()).toBe(false);
      expect(value?.signal.aborted).toBe(true);
      if (isAcknowledged) value?.ack();
      void iterator.next();
      await settled();
      expect(one.verdict()).toBe(isAcknowledged ? 'ack' : 'release');
      expect(one.isFinished()).toBe(true);
    }
  });

  it('takes the first answer of its consumer', async () => {
    const { iterator, offer } = streamed();
    const calls = [offer('a'), offer('b'), offer('c')];
    const { value: first } = await iterator.next();
    first?.retry({ afterSeconds: 5 });
    const { value: second } = await iterator.next();
    second?.deadLetter('no');
    const { value: third } = await iterator.next();
    third?.ack();
    await iterator.return();
    await settled();
    expect(calls.map(({ verdict }) => verdict())).toEqual(['retry', 'dead-letter', 'ack']);
  });

  it.each(['return', 'throw'] as const)('gives back with %s() what was taken and what waits, and ends', async (how) => {
    const { iterator, offer } = streamed();
    const asked = [iterator.next(), iterator.next(), iterator.next()];
    const calls = [offer('a'), offer('b')];
    await Promise.all(asked.slice(0, 2));
    const error = new Error('enough');
    const left = how === 'return' ? iterator.return() : iterator.throw(error);
    const outcome = await left.catch((reason: unknown) => reason);
    expect(outcome).toEqual(how === 'return' ? { done: true, value: undefined } : error);
    expect(await Promise.all(asked.map(told))).toEqual(['a', 'b', 'end']);
    calls.push(offer('too late'));
    await settled();
    expect(calls.map(({ verdict }) => verdict())).toEqual(['release', 'release', 'release']);
    expect(await told(iterator.next())).toBe('end');
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
  });

  it('gives back, too, what is on its way to the consumer', async () => {
    const { iterator, offer } = streamed();
    const asked = iterator.next();
    const one = offer('a');
    await iterator.return();
    await settled();
    expect(one.verdict()).toBe('release');
    expect(await told(asked)).toBe('a');
  });

  it('leaves to its consumer, when the bus closes, what was taken', async () => {
    const { iterator, offer, end } = streamed();
    const calls = [offer('taken'), offer('waiting')];
    await iterator.next();
    end();
    end();
    await settled();
    expect(calls.map(({ verdict }) => verdict())).toEqual([undefined, 'release']);
    expect(await told(iterator.next())).toBe('end');
    await settled();
    expect(calls[0]?.verdict()).toBe('ack');
  });
});

describe('A loop over an event stream', () => {
  it('has one event after the other, with a context that can be spread, until the bus closes', async () => {
    const { iterator, offer, end } = streamed();
    const calls = [offer('a'), offer('b')];
    const seen: string[] = [];
    for await (const item of iterator) {
      const { signal, ...rest } = { ...item };
      expect(signal).toBe(item.signal);
      seen.push(nameIn({ signal, ...rest }));
      if (seen.length === 2) end();
    }
    await settled();
    expect([seen, calls.map(({ verdict }) => verdict())]).toEqual([
      ['a', 'b'],
      ['ack', 'ack'],
    ]);
  });

  it('ends once, however often it is told to', async () => {
    let ends = 0;
    const { iterator, end } = createEventStream(() => (ends += 1));
    end();
    end();
    await iterator.return();
    expect(ends).toBe(1);
  });
});

/** What the model knows of an event. */
interface Known {
  place: 'waiting' | 'taken' | 'given' | 'finished';
  verdict: string | undefined;
  isLost: boolean;
}

/** An event stream as its documentation has it. */
interface Model {
  readonly events: Known[];
  /** What each call of `next` has brought: the number of an event, or the end. */
  readonly asked: (number | 'end' | undefined)[];
  isOver: boolean;
}

interface Real {
  readonly stream: EventStream;
  readonly calls: CalledHandler[];
  /** What each call of `next` has brought: an event, or `null` for the end. */
  readonly got: (Item | null | undefined)[];
}

/** One thing that happens to a stream. */
interface Act {
  readonly name: string;
  readonly foresee: (model: Model) => void;
  readonly act: (real: Real) => void;
}

/** What happens in one turn: nobody hears of the first before the last is done. */
class Turn implements fc.AsyncCommand<Model, Real> {
  readonly #acts: readonly Act[];

  constructor(acts: readonly Act[]) {
    this.#acts = acts;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    for (const { foresee, act } of this.#acts) {
      foresee(model);
      act(real);
    }
    for (const event of model.events) if (event.place === 'taken') event.place = 'given';
    await settled();
    const got = real.got.map((item) => (item === null ? 'end' : item === undefined ? undefined : Number(nameIn(item))));
    expect(got).toEqual(model.asked);
    expect(real.calls.map((one) => one.verdict())).toEqual(model.events.map(({ verdict }) => verdict));
    expect(real.calls.map((one) => one.isFinished())).toEqual(model.events.map(({ place }) => place === 'finished'));
  }

  toString(): string {
    return this.#acts.map(({ name }) => name).join(' + ');
  }
}

const finish = (event: Known, verdict: string): void => {
  event.place = 'finished';
  event.verdict ??= verdict;
};

/** Gives back what is in one of these places. */
const giveBack = (model: Model, places: readonly Known['place'][]): void => {
  for (const event of model.events) if (places.includes(event.place)) finish(event, 'release');
  for (const [index, one] of model.asked.entries()) if (one === undefined) model.asked[index] = 'end';
  model.isOver = true;
};

/** The event of a number, if it has been offered, or the last that has. */
const pick = <T>(all: readonly T[], index: number): T | undefined => all[index % Math.max(1, all.length)];

const offer: Act = {
  name: 'offer',
  foresee: ({ events, asked, isOver }) => {
    const event: Known = { place: 'waiting', verdict: undefined, isLost: false };
    events.push(event);
    const ask = asked.indexOf(undefined);
    if (isOver) finish(event, 'release');
    else if (ask >= 0) {
      asked[ask] = events.length - 1;
      event.place = 'taken';
    }
  },
  act: ({ stream, calls }) => void calls.push(call(stream.handler, eventNamed(`${calls.length}`))),
};

const next: Act = {
  name: 'next',
  foresee: ({ events, asked, isOver }) => {
    for (const event of events) if (event.place === 'given') finish(event, event.isLost ? 'release' : 'ack');
    const first = events.findIndex(({ place }) => place === 'waiting');
    asked.push(first >= 0 ? first : isOver ? 'end' : undefined);
    const event = events[first];
    if (event !== undefined) event.place = 'taken';
  },
  act: ({ stream, got }) => {
    const place = got.push(undefined) - 1;
    void stream.iterator.next().then(({ value = null }) => (got[place] = value));
  },
};

const lose = (index: number): Act => ({
  name: `lose ${index}`,
  foresee: ({ events }) => {
    const event = pick(events, index);
    if (event === undefined) return;
    event.isLost = true;
    if (event.place === 'waiting') finish(event, 'release');
  },
  act: ({ calls }) => pick(calls, index)?.lose(),
});

const answer = (index: number, how: 'ack' | 'retry'): Act => ({
  name: `${how} ${index}`,
  foresee: ({ events, asked }) => {
    const number = pick(asked, index);
    const event = typeof number === 'number' ? events[number] : undefined;
    // The consumer must have got it to answer.
    if (event !== undefined && event.place !== 'taken') event.verdict ??= how;
  },
  act: ({ got }) => pick(got, index)?.[how](),
});

const leave = (how: 'return' | 'throw'): Act => ({
  name: how,
  foresee: (model) => giveBack(model, ['waiting', 'taken', 'given']),
  act: ({ stream }) => void stream.iterator[how]().catch(() => {}),
});

const close: Act = {
  name: 'close',
  foresee: (model) => giveBack(model, ['waiting']),
  act: ({ stream }) => stream.end(),
};

const index = fc.nat(20);
const act = fc.oneof(
  { weight: 6, arbitrary: fc.constant(offer) },
  { weight: 6, arbitrary: fc.constant(next) },
  { weight: 2, arbitrary: index.map(lose) },
  { weight: 2, arbitrary: fc.tuple(index, fc.constantFrom('ack', 'retry')).map(([at, how]) => answer(at, how)) },
  { weight: 1, arbitrary: fc.constantFrom(leave('return'), leave('throw'), close) },
);

prop.prop([fc.commands([fc.array(act, { minLength: 1, maxLength: 4 }).map((acts) => new Turn(acts))], { size: '+1' })])(
  'An event stream does what its model does, whatever happens in whatever order',
  async (turns) => {
    const setup = (): { model: Model; real: Real } => ({
      model: { events: [], asked: [], isOver: false },
      real: { stream: createEventStream(() => {}), calls: [], got: [] },
    });
    await fc.asyncModelRun(setup, turns);
  },
);
