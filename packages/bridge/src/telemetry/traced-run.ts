import { nameOf } from '../dispatch/listener-call.js';
import type { Dispatcher, MessageFrame, OpenedMessage, RunningMessage } from '../dispatch/dispatcher.js';
import type { Verdict } from '../dispatch/verdict.js';
import { processChannel, traced, type ProcessTrace } from './channels.js';

/** Brings a message to its listeners as a trace of `mnsbus:process`. */
export function runTraced(dispatcher: Dispatcher, opened: OpenedMessage, frame: MessageFrame): RunningMessage {
  if (!processChannel.hasSubscribers) return dispatcher.run(opened, frame);
  const { delivery } = frame;
  const trace: ProcessTrace = {
    destination: delivery.source === 'queue' ? delivery.queueName : delivery.topicName,
    delivery,
    eventNames: opened.events.map(({ event }) => nameOf(event)),
  };
  const runs: RunningMessage[] = [];
  const verdict = traced<Verdict, ProcessTrace>(processChannel, trace, async () => {
    const running = dispatcher.run(opened, frame);
    runs.push(running);
    const decided = await running.verdict;
    trace.verdict = decided.type;
    if ('error' in decided) trace.error = decided.error;
    return decided;
  });
  return {
    verdict,
    finished: allOf(verdict, runs),
    isOpen: () => runs.some(({ isOpen }) => isOpen()),
    isAtWork: () => runs.some(({ isAtWork }) => isAtWork()),
  };
}

async function allOf(verdict: Promise<Verdict>, runs: readonly RunningMessage[]): Promise<void> {
  await verdict;
  await Promise.all(runs.map(({ finished }) => finished));
}
