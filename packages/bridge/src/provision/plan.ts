import type { Wanted } from './resources.js';

/** One attribute that is not as it should be. */
export interface AttributeChange {
  /** As the service calls it, for example `VisibilityTimeout`. */
  readonly attribute: string;
  /** `undefined` when it is not set, or does not exist yet. */
  readonly from: string | undefined;
  readonly to: string;
}

/** What is to be done about one resource. */
export interface PlanStep {
  /** `conflict`: it exists and cannot be changed to what is wanted; somebody has to delete it. */
  readonly action: 'create' | 'update' | 'none' | 'conflict';
  readonly kind: 'queue' | 'topic' | 'subscription';
  readonly name: string;
  readonly changes: readonly AttributeChange[];
}

/** Compares what is wanted with what there is; `undefined` when there is nothing. */
export function stepFor(wanted: Wanted, existing: Readonly<Record<string, string>> | undefined): PlanStep {
  const { kind, name, attributes, onCreation, fixed } = wanted;
  if (existing === undefined) {
    const changes = Object.entries({ ...onCreation, ...attributes }).map(([attribute, to]) => ({
      attribute,
      from: undefined,
      to,
    }));
    return { action: 'create', kind, name, changes };
  }
  const changes = Object.entries(attributes)
    .map(([attribute, to]) => ({ attribute, from: existing[attribute], to }))
    .filter(({ from, to }) => from?.toLowerCase() !== to.toLowerCase());
  const isFixed = changes.some(({ attribute }) => fixed.includes(attribute));
  return { action: changes.length === 0 ? 'none' : isFixed ? 'conflict' : 'update', kind, name, changes };
}

/** A plan in words, a line for each resource and change. */
export function describePlan(plan: readonly PlanStep[]): string {
  return plan
    .flatMap(({ action, kind, name, changes }) => [
      `${action.padEnd(8)} ${kind} ${name}`,
      ...changes.map(({ attribute, from, to }) => `           ${attribute}: ${from ?? '(none)'} -> ${to}`),
    ])
    .join('\n');
}
