/** The zones that EventBridge has been seen to write by name, with their offset (spec imm §3.4). */
const NAMED_ZONES: Readonly<Record<string, string>> = { PRC: '+08:00', 'Asia/Shanghai': '+08:00' };
const ISO_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|z|[+-]\d\d:\d\d|PRC|Asia\/Shanghai)$/;

/**
 * The instant that a value means for certain, to the millisecond; `undefined` when there is a doubt.
 *
 * Read are RFC 3339 of any precision, and milliseconds since 1970 as a number or text of at least `minDigits` digits (default
 * 12, which takes no seconds for milliseconds). A time without a zone means nothing for certain.
 */
export function instantOf(value: unknown, minDigits = 12): Date | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  if (/^\d{1,14}$/.test(text)) return text.length < minDigits ? undefined : new Date(Number(text));
  const [, date, minutes, seconds = ':00', fraction = '.', zone = ''] = ISO_TIME.exec(text) ?? [];
  if (date === undefined || !isDay(date)) return undefined;
  const milliseconds = fraction.slice(0, 4).padEnd(4, '0');
  const time = new Date(`${date}T${minutes}${seconds}${milliseconds}${NAMED_ZONES[zone] ?? zone.toUpperCase()}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

// The language takes the 30th of February for the 2nd of March.
function isDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
