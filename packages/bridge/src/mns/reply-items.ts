import { MnsbusError } from '@mnsbus/core';

/** An element of a reply with children, as the SDK's parser gives it. */
export type Item = Readonly<Record<string, unknown>>;

/** The children of a repeated element; empty when there are none. */
export function listOf(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value.filter((item): item is Item => typeof item === 'object' && item !== null) : [];
}

/** The text of a child. Throws `MNS_UNREACHABLE` when there is none. */
export function textOf(item: Item, name: string): string {
  const value = item[name];
  if (typeof value === 'string') return value;
  throw unreadable(name);
}

/** The number in a child. Throws `MNS_UNREACHABLE` when there is none. */
export function numberOf(item: Item, name: string): number {
  const value = Number(textOf(item, name));
  if (Number.isFinite(value)) return value;
  throw unreadable(name);
}

/** The error for a reply that lacks what it must have. */
export function unreadable(name: string): MnsbusError<'MNS_UNREACHABLE'> {
  return new MnsbusError({
    code: 'MNS_UNREACHABLE',
    message: `the answer has no readable ${name}: is this MNS, or a proxy in front of it?`,
    retryable: true,
  });
}
