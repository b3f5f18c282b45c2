import { describe, expect, it } from 'vitest';
import { callSubject, eventNamed, settled } from '../test-support/called-handler.js';
import { queueDelivery } from '../test-support/waiting-entry.js';
import { callListener, nameOf, textOf, type CallFrame, type Handler } from './listener-call.js';
import type { Verdict } from './verdict.js';

const frame: CallFrame = {
  delivery: queueDelivery(),
  signalOf: () => new AbortController().signal,
  isHeld: () => true,
  workBegins: () => {},
  canDeadLetter: () => true,
};

const subject = callSubject(eventNamed('E'));

/** What a listener has answered, and the failures that were told of it. */
async function answerOf(
  handler: Handler,
  own: Partial<CallFrame> = {},
): Promise<{ readonly verdict: Verdict; readonly failures: readonly unknown[] }> {
  const failures: unknown[] = [];
  const call = callListener(handler, { ...subject, onFailure: (error) => failures.push(error) }, { ...frame, ...own });
  await call.finished;
  return { verdict: await call.verdict, failures };
}

const lost = { isHeld: () => false };

describe('callListener', () => {
  it('takes a return for an ack, unless the listener was told to stop', async () => {
    for (const listener of [() => {}, async () => {}]) {
      expect(await answerOf(listener)).toEqual({ verdict: { type: 'ack' }, failures: [] });
      expect(await answerOf(listener, lost)).toEqual({
        verdict: { type: 'release', reason: 'aborted' },
        failures: [],
      });
    }
  });

  it('takes what is thrown for a failure, unless the listener was told to stop', async () => {
    const cause = new Error('no');
    const wrongs: readonly Handler[] = [
      () => {
        throw cause;
      },
      () => Promise.reject(cause),
    ];
    for (const listener of wrongs) {
      const { verdict, failures } = await answerOf(listener);
      const error = { code: 'LISTENER_FAILED', message: 'listener of E: no', cause };
      expect(verdict).toMatchObject({ type: 'retry', afterSeconds: undefined, error });
      expect(failures).toMatchObject([error]);
      expect(await answerOf(listener, lost)).toEqual({
        verdict: { type: 'release', reason: 'aborted' },
        failures: [],
      });
    }
  });

  it('tells of a failure that comes after an answer, which stays', async () => {
    const { verdict, failures } = await answerOf((_, { ack }) => {
      ack();
      throw new Error('later');
    });
    expect(verdict).toEqual({ type: 'ack' });
    expect(failures).toMatchObject([{ message: 'listener of E: later' }]);
  });

  it('has its verdict before the listener has ended', async () => {
    let end: () => void = () => {};
    let isFinished = false;
    const { verdict, finished } = callListener(
      (_, { ack }) => {
        ack();
        return new Promise<void>((resolve) => (end = resolve));
      },
      subject,
      frame,
    );
    void finished.then(() => (isFinished = true));
    expect(await verdict).toEqual({ type: 'ack' });
    await settled();
    expect(isFinished).toBe(false);
    end();
    await finished;
  });

  it.each<[string, Handler, { readonly type: Verdict['type']; readonly [more: string]: unknown }]>([
    ['ack', (_, { ack }) => ack(), { type: 'ack' }],
    ['release', (_, { release }) => release(), { type: 'release', reason: 'unheard' }],
    [
      'retry',
      (_, { retry }) => retry(),
      {
        type: 'retry',
        afterSeconds: undefined,
        error: { code: 'LISTENER_FAILED', message: 'listener of E: the listener asked for a retry' },
      },
    ],
    [
      'retry with a delay and a reason',
      (_, { retry }) => retry({ afterSeconds: 1, reason: 'not yet' }),
      { type: 'retry', afterSeconds: 1, error: { message: 'listener of E: not yet' } },
    ],
    [
      'retry half a day later',
      (_, { retry }) => retry({ afterSeconds: 43_200 }),
      { type: 'retry', afterSeconds: 43_200 },
    ],
    [
      'deadLetter',
      (_, { deadLetter }) => deadLetter('never'),
      { type: 'dead-letter', error: { code: 'LISTENER_FAILED', message: 'listener of E: never' } },
    ],
  ])('takes the first answer: %s', async (_, listener, expected) => {
    const { verdict, failures } = await answerOf((event, context) => {
      const was = context.answered();
      listener(event, context);
      expect([was, context.answered()]).toEqual([undefined, expected.type]);
      context.ack();
      context.retry();
      expect(context.answered()).toBe(expected.type);
    });
    expect(verdict).toMatchObject(expected);
    expect(failures).toEqual([]);
  });

  it.each([0, 43_201, 1.5])('refuses a delay of %s seconds, which is a failure', async (afterSeconds) => {
    const { verdict, failures } = await answerOf((_, { retry }) => retry({ afterSeconds }));
    expect(verdict).toMatchObject({ type: 'retry', afterSeconds: undefined });
    expect(failures).toMatchObject([
      { cause: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('afterSeconds') } },
    ]);
  });

  it('refuses to dead-letter where there is nowhere to, which is a failure', async () => {
    const { verdict, failures } = await answerOf((_, { deadLetter }) => deadLetter('never'), {
      canDeadLetter: () => false,
    });
    expect(verdict).toMatchObject({ type: 'retry' });
    expect(failures).toMatchObject([
      {
        cause: {
          code: 'INVALID_ARGUMENT',
          message: expect.stringContaining('deadLetterQueue: expected the name of a queue, to send to'),
        },
      },
    ]);
  });

  it('gives a context that can be spread, and makes a signal only when asked for one', async () => {
    const controller = new AbortController();
    let made = 0;
    const signalOf = (): AbortSignal => {
      made += 1;
      return controller.signal;
    };
    await answerOf(() => {}, { signalOf });
    expect(made).toBe(0);
    await answerOf(
      (event, context) => {
        expect(event).toBe(subject.event);
        const { notification, timing } = subject;
        expect({ ...context }).toMatchObject({ delivery: frame.delivery, notification, timing });
        expect({ ...context }.signal).toBe(controller.signal);
      },
      { signalOf },
    ).then(({ failures }) => expect(failures).toEqual([]));
  });
});

describe('the text of an error', () => {
  it('is made of whatever was thrown', () => {
    const unprintable = {
      toString: (): string => {
        throw new Error('no text');
      },
    };
    expect([textOf(new Error('a')), textOf('b'), textOf(undefined)]).toEqual(['a', 'b', 'undefined']);
    expect(textOf(unprintable)).toEqual(expect.any(String));
    expect(textOf(Object.create(null))).not.toBe('');
  });

  it('names an event by its type, and one without by the name it came with', () => {
    const { eventName, ...rest } = eventNamed('E');
    expect(nameOf({ ...rest, name: 'order:Shipped', data: {}, raw: {} })).toBe('order:Shipped');
    expect(nameOf(eventNamed('E'))).toBe(eventName);
  });
});
