import type { EventCopy } from '../imm/model/task.js';
import type { TaskFate } from '../imm/script/task-script.js';
import type { FaultSubject, Faults } from './faults.js';

/** How a task goes and how its event does, before it is submitted. */
export interface PlannedTask extends TaskFate {
  readonly eventCopies: readonly EventCopy[];
}

/** A task as it goes after the faults that strike it. */
export function struckTask(faults: Faults, subject: FaultSubject, planned: PlannedTask): PlannedTask {
  if (faults.isEmpty) return planned;
  const kinds = ['hold-task', 'slow-task', 'fail-task', 'duplicate-event', 'no-event'] as const;
  return faults.strike(kinds, subject).reduce((task: PlannedTask, fault): PlannedTask => {
    switch (fault.kind) {
      case 'hold-task':
        return { ...task, durationMs: Infinity };
      case 'slow-task':
        return { ...task, durationMs: task.durationMs + Math.round(fault.extraMs) };
      case 'fail-task':
        return { ...task, outcome: { ok: false, code: fault.code, message: fault.message ?? fault.code } };
      case 'duplicate-event':
        return { ...task, eventCopies: [...task.eventCopies, ...task.eventCopies.slice(0, 1)] };
      case 'no-event':
        return { ...task, eventCopies: task.eventCopies.map((copy) => ({ ...copy, lost: true })) };
    }
  }, planned);
}
