import type { OpenChoice } from '../open-choice.js';
import { MAX_BODIES_BYTES, MAX_BODY_BYTES } from './http-door.js';
import { KEEP_ALIVE_MS } from './http.js';

/** Where the doors to the emulator differ from the service's own. */
export const mountOpenChoices: readonly OpenChoice[] = [
  {
    topic: 'mounts',
    question: 'Does a long poll whose client has hung up take a message with it?',
    choice:
      'No over HTTP and by a direct call. Over msw it may: msw does not tell a handler that the client has gone; the message comes back when its visibility timeout is over.',
    source: 'spec mns §4.6',
  },
  {
    topic: 'mounts',
    question: 'How large may a request be?',
    choice: `Over HTTP, what exceeds ${MAX_BODY_BYTES / 1024 / 1024} MiB of body is read and dropped, and the rest fails its checks. All bodies under way hold at most ${MAX_BODIES_BYTES / 1024 / 1024} MiB: where they would be more, the largest is answered with 503.`,
    source: 'spec mns §1.2',
  },
  {
    topic: 'mounts',
    question: 'How long may a connection be idle?',
    choice: `${KEEP_ALIVE_MS / 1000} s.`,
    source: 'spec mns §10.3',
  },
];
