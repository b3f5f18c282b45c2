import { MnsbusError } from '@mnsbus/core';
import type { Dispatcher, RunningMessage } from '../dispatch/dispatcher.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { runTraced } from '../telemetry/traced-run.js';
import type { Entry } from './entry.js';
import { overrunError, reasonToGiveUp } from './give-up.js';

/** What handling a message needs. */
export interface HandlingParts {
  readonly dispatcher: Dispatcher;
  readonly settings: CurrentSettings;
  readonly report: (fact: QueueFact) => void;
}

/** So many deliveries of a message have to be damaged before that is no accident: its dead letter is damaged as well. */
const LEAST_DAMAGED = 3;

/** A message at its listeners, or a verdict that needs none of them. */
export type Handling =
  | { readonly running: RunningMessage }
  | { readonly running: undefined; readonly verdict: Verdict };

/** Brings a message to its listeners, unless it is known what has to become of it. `earlier` is a delivery that a listener has had for too long. */
export function handle(entry: Entry, earlier: Entry | undefined, parts: HandlingParts): Handling {
  const { held, known } = entry;
  const { dispatcher, settings, report } = parts;
  const { delivery } = held;
  const { deadLetterQueue, maxDeliveries } = settings.current;
  if (earlier !== undefined) {
    // Nobody has taken it yet: that is no failure.
    if (earlier.running?.isAtWork() === false)
      return { running: undefined, verdict: { type: 'release', reason: 'aborted' } };
    const error = overrunError(delivery, known, maxDeliveries);
    return { running: undefined, verdict: { type: 'retry', afterSeconds: undefined, error } };
  }
  const opened = dispatcher.open(delivery);
  if (opened instanceof MnsbusError) return { running: undefined, verdict: rejected(entry, opened, parts) };
  const running = runTraced(dispatcher, opened, {
    delivery,
    signalOf: () => held.signal,
    isHeld: () => held.isHeld,
    workBegins: () => {
      known.hasOverrun = false;
      held.workBegins();
    },
    canDeadLetter: () => settings.current.deadLetterQueue !== undefined,
    lease: held,
    known,
    givenUp: deadLetterQueue === undefined ? undefined : reasonToGiveUp(delivery, known, settings.current),
    report,
  });
  return { running };
}

/** What was damaged on its way may be whole in the queue; what cannot be read will never be readable. */
function rejected({ held, known }: Entry, error: MnsbusError, { report, settings }: HandlingParts): Verdict {
  const { messageId, userProperties } = held.delivery;
  report({ type: 'rejected', messageId, error });
  known.unreadable += 1;
  const mayBeWhole = error.code === 'MESSAGE_CORRUPT' || userProperties.length > 0;
  const isLast = !mayBeWhole || known.unreadable >= Math.max(settings.current.maxDeliveries, LEAST_DAMAGED);
  return isLast ? { type: 'dead-letter', error, cause: 'unreadable' } : { type: 'release', reason: 'unheard' };
}
