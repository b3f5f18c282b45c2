import { textIn } from '../../test-support/emulator-world.js';
import type { Exchange, Session } from './recorded-session.js';

/** Something that recordings of the live service show, and how it is told in a session. */
export interface RecordedOddity {
  readonly what: string;
  /** Where the protocol notes have it. */
  readonly source: string;
  readonly isShown: (session: Session) => boolean;
  /** Whether the kind profile shows it, too: then it is a matter of layout and not of temper. */
  readonly isKind?: true;
}

const isReceive = ({ method, target }: Exchange): boolean => method === 'GET' && target.includes('/messages?');
const hasMessage = ({ status }: Exchange): boolean => status === 200;
const received = ({ exchanges }: Session): readonly Exchange[] =>
  exchanges.filter((each) => isReceive(each) && hasMessage(each));
const empty = ({ exchanges }: Session): readonly Exchange[] =>
  exchanges.filter((each) => isReceive(each) && !hasMessage(each));
const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
const texts = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value = '']) => value);

/** The receives that ended empty although a message had been there before they began, which a later one brought. */
export function falselyEmpty(session: Session): readonly Exchange[] {
  const brought = received(session);
  return empty(session).filter(({ target, sentAtMs }) =>
    brought.some(
      (later) =>
        later.sentAtMs > sentAtMs &&
        later.target.split('?', 1)[0] === target.split('?', 1)[0] &&
        texts(later.text, 'EnqueueTime').some((at) => Number(at) < sentAtMs) &&
        texts(later.text, 'DequeueCount').includes('1'),
    ),
  );
}

/** Receives that waited in vain, as the clock of the service measured them. */
export function waitsInVain(session: Session): readonly number[] {
  return empty(session).map(({ tookMs }) => tookMs);
}

/** The receives of what was there when they began. */
export function foundAtOnce(session: Session): readonly number[] {
  return received(session)
    .filter(({ text, sentAtMs }) => texts(text, 'EnqueueTime').every((at) => Number(at) < sentAtMs))
    .map(({ tookMs }) => tookMs);
}

/** How long messages took from a topic to its queue: from PublishTime to EnqueueTime. */
export function topicLags(session: Session): readonly number[] {
  return received(session).flatMap(({ text }) => {
    const published = /"PublishTime":"(\d+)"/.exec(text)?.[1];
    return published === undefined ? [] : [Number(textIn(text, 'EnqueueTime')) - Number(published)];
  });
}

/** How long events took from the end of their task to their topic. */
export function eventLags({ journal }: Session): readonly number[] {
  const ended = new Map(
    journal.flatMap((entry) => (entry.kind === 'task-ended' ? [[entry.taskId, entry.atMs] as const] : [])),
  );
  return journal.flatMap((entry) =>
    entry.kind === 'event-published' ? [entry.atMs - (ended.get(entry.taskId) ?? Number.NaN)] : [],
  );
}

const bodies = (session: Session, pattern: RegExp): readonly string[] =>
  received(session).flatMap(({ text }) => texts(text, 'MessageBody').filter((body) => pattern.test(body)));

/** The recorded waits of one second that ended empty, in milliseconds: eleven of spec mns §4.6, and two of an earlier recording. */
export const RECORDED_WAITS: readonly number[] = [807, 863, 819, 824, 828, 845, 849, 850, 873, 874, 882, 902, 933];

/** Everything odd that recordings of the live service show, one row each; the whole of the recorded suite is of these kinds. */
export const RECORDED_ODDITIES: readonly RecordedOddity[] = [
  {
    what: 'a queue that is there already is 204, with its URL',
    source: 'mns §2.1',
    isKind: true,
    isShown: ({ exchanges }) =>
      exchanges.some(
        ({ method, status, location }) =>
          method === 'PUT' && status === 204 && /^http:.*\/queues\//.test(location ?? ''),
      ),
  },
  {
    what: 'so is a topic',
    source: 'mns §2.14',
    isKind: true,
    isShown: ({ exchanges }) =>
      exchanges.some(({ status, location }) => status === 204 && /^http:.*\/topics\/[^/]+$/.test(location ?? '')),
  },
  {
    what: 'and a subscription, whose URL has no scheme',
    source: 'mns §2.16',
    isKind: true,
    isShown: ({ exchanges }) =>
      exchanges.some(
        ({ status, location }) => status === 204 && /^[^:/]+\/topics\/.*\/subscriptions\//.test(location ?? ''),
      ),
  },
  {
    what: 'a send of one in a batch has the root of a batch, in 5–66 ms',
    source: 'mns §2.7',
    isShown: ({ exchanges }) =>
      exchanges.some(
        ({ method, status, text, tookMs: took }) =>
          method === 'POST' && status === 201 && text.includes('<Messages') && within(took, 5, 66),
      ),
  },
  {
    what: 'a publish takes 16–26 ms',
    source: 'mns §2.15',
    isShown: ({ exchanges }) =>
      exchanges.some(
        ({ method, target, tookMs }) => method === 'POST' && target.startsWith('/topics/') && within(tookMs, 16, 26),
      ),
  },
  {
    what: 'a wait of 1 s in vain ends 67–193 ms early, and not always the same',
    source: 'mns §4.6',
    isShown: (session) => waitsInVain(session).some((took) => within(took, 807, 933) && took !== 900),
  },
  {
    what: 'a message that is there is received in less than 187 ms (4 of 13)',
    source: 'mns §4.5',
    isShown: (session) => foundAtOnce(session).some((took) => took > 0 && took < 187),
  },
  {
    what: 'a message that is there is received after 187–714 ms (9 of 13)',
    source: 'mns §4.5',
    isShown: (session) => foundAtOnce(session).some((took) => within(took, 187, 714)),
  },
  {
    what: 'a poll ends falsely empty after 842 or 878 ms, about, and the next one has the message (2 of 15)',
    source: 'mns §4.5',
    isShown: (session) => falselyEmpty(session).some(({ tookMs: took }) => within(took, 807, 933)),
  },
  {
    what: 'what was sent first is not received first',
    source: 'mns §4.4',
    isShown: (session) => {
      const order = bodies(session, /^batch-ack/);
      return order.length > 1 && String(order) !== String(order.toSorted());
    },
  },
  {
    what: 'a batch receive has fewer than were sent, although all are there',
    source: 'mns §4.5',
    isShown: (session) =>
      received(session).some(
        ({ target, text }) => target.includes('numOfMessages=16') && texts(text, 'ReceiptHandle').length < 10,
      ),
  },
  {
    what: 'counts lag behind deletes',
    source: 'mns §4.8',
    isShown: ({ exchanges }) =>
      exchanges.some(({ method, target, text, sentAtMs }, index) => {
        if (method !== 'GET' || target !== '/queues/conf-q') return false;
        const before = exchanges.slice(0, index);
        const sends = before.filter(
          ({ method: sent, target: to }) => sent === 'POST' && to === '/queues/conf-q/messages',
        ).length;
        const deletes = before.filter((each) => each.method === 'DELETE' && each.sentAtMs <= sentAtMs).length;
        const told = Number(textIn(text, 'ActiveMessages')) + Number(textIn(text, 'InactiveMessages'));
        return told !== sends - deletes;
      }),
  },
  {
    what: 'a change of visibility brings a new handle, exact to the millisecond, in 4–8 ms',
    source: 'mns §2.13',
    isShown: ({ exchanges }) =>
      exchanges.some(
        ({ text, sentAtMs, tookMs: took }) =>
          text.includes('<ChangeVisibility') &&
          Number(textIn(text, 'NextVisibleTime')) === sentAtMs + took + 1000 &&
          within(took, 4, 8),
      ),
  },
  {
    what: 'a batch delete of one handle is 204, in 1–9 ms',
    source: 'mns §2.12',
    isShown: ({ exchanges }) =>
      exchanges.some(({ method, status, tookMs: took }) => method === 'DELETE' && status === 204 && within(took, 1, 9)),
  },
  {
    what: 'a topic brings its message to a queue 9–28 ms after PublishTime',
    source: 'mns §5.1',
    isShown: (session) => topicLags(session).some((lag) => within(lag, 9, 28)),
  },
  {
    what: 'properties of a published message are native ones of the queue message',
    source: 'mns §2.18',
    isKind: true,
    isShown: (session) =>
      received(session).some(
        ({ text }) => text.includes('TopicOwner') && text.includes('<Name>topicoriginated</Name>'),
      ),
  },
  {
    what: 'an event is published 150–350 ms after its task has ended',
    source: 'imm §5',
    isKind: true,
    isShown: (session) => eventLags(session).some((lag) => within(lag, 150, 350)),
  },
];
