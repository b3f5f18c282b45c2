import type { SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { ImmOptions, PerTask } from '../imm-options.js';
import type { EventCopy, TaskOutcome } from '../model/task.js';
import { checkMilliseconds, drawMilliseconds, type Distribution, type Milliseconds } from './distribution.js';
import { EventScript } from './event-script.js';
import { segmentDecision } from './source-segments.js';
import {
  DEFAULT_FAILURE_MESSAGE,
  checkDecision,
  checkRule,
  ruleApplies,
  type ScriptedTask,
  type TaskDecision,
  type TaskRule,
} from './task-decision.js';

/** What a script has decided about a task. */
export interface TaskFate {
  readonly queueDelayMs: number;
  /** `Infinity` for a task that somebody has to end. */
  readonly durationMs: number;
  readonly outcome: TaskOutcome;
}

/** What a kind of task does when no script says otherwise. */
export interface UsualFate {
  readonly durationMs: number;
  /** What success brings. */
  readonly result: () => Readonly<Record<string, unknown>>;
}

/** Decides what becomes of every task: as a function of the options, the task, and the task's own source of chance. */
export class TaskScript {
  readonly #events: EventScript;
  readonly #rules: readonly TaskRule[];
  readonly #decide: (task: ScriptedTask) => TaskDecision | undefined;
  readonly #duration: ((task: ScriptedTask) => Distribution) | undefined;
  readonly #durationByType: ReadonlyMap<string, Distribution>;
  readonly #queueDelay: (task: ScriptedTask) => Distribution;

  /** Throws `INVALID_ARGUMENT` for an option out of range. */
  constructor(options: ImmOptions) {
    const { durationMs, durationMsByType = {}, queueDelayMs = 0, rules = [], decide = () => undefined } = options;
    if (!Array.isArray(rules)) throw invalidArgument('imm.rules', 'a list of rules', rules);
    for (const [index, rule] of rules.entries()) checkRule(`imm.rules[${index}]`, rule);
    if (typeof decide !== 'function') throw invalidArgument('imm.decide', 'a function', decide);
    this.#events = new EventScript(options.events);
    this.#rules = rules;
    this.#decide = decide;
    this.#duration = durationMs === undefined ? undefined : perTask('imm.durationMs', durationMs);
    this.#durationByType = new Map(
      Object.entries(durationMsByType).map(([taskType, value]) => [
        taskType,
        checkMilliseconds(`imm.durationMsByType.${taskType}`, value),
      ]),
    );
    this.#queueDelay = perTask('imm.queueDelayMs', queueDelayMs);
  }

  /** What becomes of a task. Throws what a function of the options throws, and `INVALID_ARGUMENT` for what it gives. */
  fate(task: ScriptedTask, usual: UsualFate, random: SeededRandom): TaskFate {
    const decision = this.#decision(task);
    const queueDelay = chosen('queueDelayMs', decision.queueDelayMs) ?? this.#queueDelay(task);
    const duration = chosen('durationMs', decision.durationMs) ?? this.#usualDuration(task, usual);
    return {
      queueDelayMs: draw(queueDelay, random, 'queue-delay'),
      durationMs: decision.hold === true ? Infinity : draw(duration, random, 'duration'),
      outcome: outcomeOf(decision, usual),
    };
  }

  /** The copies of the event of a task. */
  eventCopies(random: SeededRandom): readonly EventCopy[] {
    return this.#events.copies(random);
  }

  #decision(task: ScriptedTask): TaskDecision {
    const decided = this.#decide(task);
    if (decided !== undefined) {
      checkDecision('what imm.decide returns', decided);
      return decided;
    }
    return this.#rules.find((rule) => ruleApplies(rule, task)) ?? segmentDecision(task.sourceUris);
  }

  #usualDuration(task: ScriptedTask, usual: UsualFate): Distribution {
    const byType = this.#durationByType.get(task.taskType);
    return byType ?? this.#duration?.(task) ?? { kind: 'fixed', ms: usual.durationMs };
  }
}

function outcomeOf({ fail, result }: TaskDecision, usual: UsualFate): TaskOutcome {
  if (fail !== undefined) {
    const { code, message = DEFAULT_FAILURE_MESSAGE } = fail;
    return { ok: false, code, message };
  }
  return { ok: true, result: { ...usual.result(), ...result } };
}

/** A fixed value is checked now, a function's at each task. */
function perTask(name: string, option: PerTask<Milliseconds>): (task: ScriptedTask) => Distribution {
  if (typeof option === 'function') return (task) => checkMilliseconds(name, option(task));
  const fixed = checkMilliseconds(name, option);
  return () => fixed;
}

function chosen(name: string, value: Milliseconds | undefined): Distribution | undefined {
  return value === undefined ? undefined : checkMilliseconds(`the decided ${name}`, value);
}

/** Each draw has a source of its own; what is fixed costs none. */
function draw(distribution: Distribution, random: SeededRandom, purpose: string): number {
  return drawMilliseconds(distribution, distribution.kind === 'fixed' ? random : random.fork(purpose));
}
