import { invalidArgument } from '@mnsbus/core/internal';

/** A name as the service allows it in the path of a request (spec mns §3.4, the older and longer limit). Throws `INVALID_ARGUMENT`. */
export function checkQueueName(name: string, value: string): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9-]{0,255}$/.test(value)) {
    throw invalidArgument(name, '1 to 256 letters, digits and hyphens, the first no hyphen', value);
  }
  return value;
}

/** A whole number from `low`, which is perhaps the value of another option, to `high`. Throws `INVALID_ARGUMENT`. */
export function inRange(name: string, value: number, low: number, high: number, lowName?: string): number {
  if (!Number.isInteger(value) || value < low || value > high) {
    const from = lowName === undefined ? String(low) : `${lowName}, which is ${low},`;
    const to = high === Number.MAX_SAFE_INTEGER ? 'on' : `to ${high}`;
    throw invalidArgument(name, `a whole number from ${from} ${to}`, value);
  }
  return value;
}

/** One of some texts. Throws `INVALID_ARGUMENT`. */
export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw invalidArgument(name, allowed.map((one) => `'${one}'`).join(' or '), value);
  return value;
}

/** A text that is not empty. Throws `INVALID_ARGUMENT`. */
export function required(name: string, value: string | undefined): string {
  if (typeof value !== 'string' || value === '') throw invalidArgument(name, 'a text', value);
  return value;
}
