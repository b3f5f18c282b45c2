import type { Choices } from './scenario-plan.js';

/** A run that once broke an invariant, and what was wrong. */
export interface OnceBroken {
  readonly seed: string;
  readonly reason: string;
  /** What was not drawn but given, for a run of the series that meets every cell of the table. */
  readonly given?: Choices;
}

/** Seeds that once failed: each runs with every `npm test`. What they drew then, they may draw no more; they stay all the same. */
export const CORPUS: readonly OnceBroken[] = [
  {
    seed: 't/1',
    reason: 'tasks that ended after the healing were not waited for: a backlog counted as empty too early',
  },
  { seed: 't/11', reason: 'work that takes longer than a lease may last is never finished' },
  { seed: 'z/34', reason: 'a replica that was told to start while it was still closing stayed down' },
  {
    seed: 'stop11/406',
    reason:
      'the bridge took the lease of a redelivery for up to a second shorter than it was: work of a second was done again for ever',
  },
  {
    seed: 'stop11/1218',
    reason: 'what is sent in the very millisecond of a receive, but after it, could not be received by it',
  },
  {
    seed: 'stop11/421',
    reason: 'poisoned events that hang at every delivery kept a queue of one place busy for hours',
  },
  { seed: 'night/68', reason: 'a delete that was held back for a minute had no answer when its process was killed' },
  {
    seed: 'dawn/1242',
    reason:
      'a delete that was repeated, held back until the lease was over, and then refused counted as done: the message came again',
  },
  { seed: 'dawn/1193', reason: 'an answer that comes back to a process that was killed is heard by nobody' },
  { seed: 'dawn/471', reason: 'a task that a fault makes slower ends later than the backlog was waited for' },
  {
    seed: 'ten-thousand/3312',
    reason: 'a delete of a dead letter’s original took effect, its answer was lost, and its repetition was refused',
  },
  {
    seed: 'november-25/1093',
    reason: 'a process was killed in the very millisecond in which a delete of a dead letter’s original was answered',
  },
  {
    seed: 'november-25/8397',
    reason:
      'messages held ready waited for half of a lease that nobody extends, and were lost and taken again for ever',
  },
  { seed: 'series-1/413', reason: 'where the answer to a send was damaged, nobody knows what that message was to be' },
  {
    seed: 'a/7',
    reason:
      'a call that was given up after its time-out left its request open: a poll that nobody waits for takes messages',
  },
  { seed: 'b/2', reason: 'a gateway that answers a receive with a page and status 400 stopped the queue' },
  {
    seed: 'a/5',
    reason:
      'a message that is too deep to be written again was given back every second, without a word, where claims are made',
  },
  {
    seed: 'a/18',
    reason: 'an event that waited in an iterator which nobody read was dead-lettered, as if its listener had hung',
  },
  {
    seed: 'table/13',
    given: { 'lease.maxSeconds': '300 s', work: 'minutes', 'visibility timeout': 'short', concurrency: 'four' },
    reason: 'leases shorter than a long poll were taken for over in the moment in which their messages came',
  },
  {
    seed: 'waits/23',
    given: { consumer: 'once', prefetch: 'four' },
    reason:
      'after one answer that took a minute, every lease was taken for over in the moment in which its message came',
  },
  {
    seed: 'fin/110',
    reason:
      'a store of claims that hung when a claim was to be completed was waited for beyond the lease of the message',
  },
  {
    seed: 'thirteen/16',
    reason: 'a message was dead-lettered that had come damaged once and whole afterwards',
  },
  { seed: 'thirteen/606', reason: 'a queue was polled by resume() after the start had failed' },
  { seed: 'thirteen/771', reason: 'the copy of an unreadable message counted as a backlog' },
  {
    seed: 'fourteen/1318',
    reason: 'a redelivery took a second place in an iterator beside the delivery that waited there',
  },
  { seed: 'twelve/143', reason: 'two deliveries of one message, one of them at a hung listener, counted as one place' },
  {
    seed: 'november-28/448',
    reason: 'a delete waited for company although its lease had less time left, and the message came again',
  },
  {
    seed: 'november-28/1759',
    reason:
      'a redelivery that waits in an iterator has a place beside that of the listener that has acknowledged and hangs',
  },
  {
    seed: 'late-november/1938',
    reason:
      'a message of which `once` takes one event after another was put off ever longer, as if nobody had listened to it',
  },
  {
    seed: 'late-november/2808',
    reason: 'what had waited in an iterator in vain, time and again, was put off as if nobody had listened to it',
  },
  {
    seed: 'late-november/4096',
    reason: 'a receive whose keys were refused was sent again with newer ones after its bridge had been paused',
  },
  {
    seed: 'advent/1050',
    reason: 'for how long a message may be kept was set anew while it was, and the judge went on by the old setting',
  },
  {
    seed: 'advent/2861',
    reason: 'a bridge that was told to have one place, and had it taken for minutes, passed for an idle one',
  },
  {
    seed: 'advent/633',
    reason: 'after the healing, work of a second took all of a lease of two, of which rounding had left one',
  },
  {
    seed: 'advent/2172',
    reason: 'a delete waited for the answer to an extension until the lease was over, and the message came again',
  },
  {
    seed: 'advent/6357',
    reason: 'an event that an iterator has given out has its place until more is asked for, whatever was done with it',
  },
  {
    seed: 'v5njqnocz/29',
    reason: 'who came to listen in the very millisecond of a delivery was too late for it',
  },
  {
    seed: 'eve/6785',
    reason:
      'by a clock that ran an hour ahead the keys were over: whoever gives such keys is asked again within a minute',
  },
  { seed: 'eve/8571', reason: 'the same, when the clock was right again' },
  {
    seed: 'gbmzzsqzj/739',
    reason: 'what nobody can read, and was put off as its bridge began to close, passed for something left invisible',
  },
  {
    seed: 'review/69',
    reason: 'a receive that was held back, and answered after a message had come, had been sent before it',
  },
];
