import { MnsbusError } from '@mnsbus/core';
import type { Dispatcher, RunningMessage } from '../dispatch/dispatcher.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import type { DeadLetterCause, QueueFact } from '../status/bridge-status.js';
import { runTraced } from '../telemetry/traced-run.js';
import type { Entry } from './entry.js';
import { overrunError, reasonToGiveUp } from './give-up.js';

/** What handling a message needs. */
export interface HandlingParts {
  readonly dispatcher: Dispatcher;
  readonly settings: CurrentSettings;
  readonly report: (fact: QueueFact) => void;
}

/** A message at its listeners, or a verdict that needs none of them. */
export type Handling =
  | { readonly running: RunningMessage }
  | { readonly running: undefined; readonly verdict: Verdict; readonly cause?: DeadLetterCause };

/** Brings a message to its listeners, unless it is known what has to become of it. `earlier` is a delivery that a listener hangs on. */
export function handle(entry: Entry, earlier: Entry | undefined, parts: HandlingParts): Handling {
  const { held, known } = entry;
  const { dispatcher, settings, report } = parts;
  const { delivery } = held;
  const { deadLetterQueue, maxDeliveries } = settings.current;
  if (earlier !== undefined) {
    const error = overrunError(delivery, known, maxDeliveries);
    return done({ type: 'retry', afterSeconds: undefined, error });
  }
  const opened = dispatcher.open(delivery);
  if (opened instanceof MnsbusError) return done(rejected(entry, opened, parts));
  const { isListenedTo } = opened;
  const givenUp =
    isListenedTo && deadLetterQueue !== undefined ? reasonToGiveUp(delivery, known, settings.current) : undefined;
  if (givenUp !== undefined) return done({ type: 'dead-letter', error: givenUp.error }, givenUp.cause);
  const running = runTraced(dispatcher, opened, {
    delivery,
    signalOf: () => held.signal,
    isHeld: () => held.isHeld,
    canDeadLetter: () => settings.current.deadLetterQueue !== undefined,
    lease: held,
    known,
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
  const isLast = !mayBeWhole || known.unreadable >= settings.current.maxDeliveries;
  return isLast ? { type: 'dead-letter', error } : { type: 'release', reason: 'unheard' };
}

function done(verdict: Verdict, cause?: DeadLetterCause): Handling {
  return cause === undefined ? { running: undefined, verdict } : { running: undefined, verdict, cause };
}
