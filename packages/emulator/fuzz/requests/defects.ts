import type { WireRequest, WireResponse } from '@mnsbus/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator.js';
import type { MakeEmulator } from './world.js';

/** A fault that is put into an emulator to see that it is found. */
export interface PlantedDefect {
  readonly name: string;
  readonly make: MakeEmulator;
  /** What is said of it. */
  readonly found: RegExp;
}

type Change = (emulator: Emulator, options: EmulatorOptions) => Partial<Emulator>;

function changed(change: Change): MakeEmulator {
  return (options) => {
    const emulator = createEmulator(options);
    return { ...emulator, ...change(emulator, options) };
  };
}

/** Answers otherwise when a request has something about it. */
function answering(
  isMeant: (request: WireRequest, body: string) => boolean,
  instead: (reply: Promise<WireResponse>, options: EmulatorOptions) => Promise<WireResponse>,
): MakeEmulator {
  return changed(({ handle }, options) => ({
    handle: (request) => {
      const isOther = isMeant(request, Buffer.from(request.body).toString('latin1'));
      return isOther ? instead(handle(request), options) : handle(request);
    },
  }));
}

const isPeek = ({ target }: WireRequest): boolean => target.includes('peekonly');
const never = new Promise<WireResponse>(() => {});

/** Faults of every kind that a run of requests has to find. */
export const REQUEST_DEFECTS: readonly PlantedDefect[] = [
  {
    name: 'throws for one priority',
    make: answering(
      (_, body) => body.includes('<Priority>16</Priority>'),
      () => Promise.reject(new Error('sixteen')),
    ),
    found: /rejected: Error: sixteen/,
  },
  {
    name: 'has a fault of its own for one tag',
    make: answering(
      (_, body) => body.includes('<MessageTag>blue</MessageTag>'),
      async (reply) => ({ ...(await reply), status: 500 }),
    ),
    found: /another status|a fault of the service|without a message|of a refusal/,
  },
  { name: 'never answers a peek', make: answering(isPeek, () => never), found: /has not been answered|not answered/ },
  {
    name: 'answers a poll late',
    make: answering(
      ({ target }) => target.includes('waitseconds'),
      (reply, { clock }) => reply.then((value) => new Promise((resolve) => clock?.after(60_000, () => resolve(value)))),
    ),
    found: /has not been answered for \d+ ms/,
  },
  {
    name: 'cuts off what it answers a peek',
    make: answering(isPeek, async (reply) => {
      const { body, headers, ...rest } = await reply;
      const others = headers.filter(([name]) => name !== 'Content-Length');
      return { ...rest, headers: others, body: body.subarray(0, body.length - 3) };
    }),
    found: /a reply that is no XML/,
  },
  {
    name: 'has no request id for what it does not know',
    make: answering(
      ({ target }) => target === '/commonbuy/openservice',
      async (reply) => ({ ...(await reply), headers: [] }),
    ),
    found: /without a request id/,
  },
  {
    name: 'lets a rejection escape',
    make: answering(isPeek, (reply) => {
      void reply.then(() => {
        throw new Error('nobody listens');
      });
      return reply;
    }),
    found: /unhandledRejection: Error: nobody listens/,
  },
  {
    name: 'says what is not for clients',
    make: answering(
      (_, body) => body.includes('GrabNumber'),
      (reply) => {
        process.emitWarning('a fault of ours');
        return reply;
      },
    ),
    found: /warning: a fault of ours/,
  },
  {
    name: 'sets a timer that nobody cancels',
    make: answering(isPeek, (reply, { clock }) => {
      clock?.after(1e12, () => {});
      return reply;
    }),
    found: /timers are set after the end/,
  },
  {
    name: 'leaves the bucket out of what it keeps',
    make: changed((emulator) => ({
      restore: (snapshot) =>
        emulator.restore(JSON.parse(JSON.stringify(snapshot).replace(/"account":\{[^}]*\},?/, ''))),
    })),
    found: /a restored state is another one|is refused/,
  },
];
