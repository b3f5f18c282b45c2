import type { Draw } from './draw.js';

const NAMES = ['orders', 'bills', 'work', 'dead'] as const;
const TOPICS = ['events', 'news', 'ends'] as const;

const ODD_NAMES = [
  '',
  '.',
  '..',
  'a',
  '1abc',
  'under_score',
  'with blank',
  'with/slash',
  'with%2Fescape',
  '%',
  '%zz',
  '%C3%28',
  '%00',
  'Ünï',
  '漢字',
  '😀',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '<a>',
  '&amp;',
  `"'`,
  'x'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(257),
  'x'.repeat(3000),
  '-lead',
  'trail-',
  '\u0000',
  '\uD800',
] as const;

/** The name of a queue: mostly one of a few, so that requests meet each other. */
export function queueName(draw: Draw): string {
  return draw.once(14) ? draw.one(ODD_NAMES) : draw.one(NAMES);
}

/** The name of a topic, likewise. */
export function topicName(draw: Draw): string {
  return draw.once(14) ? draw.one(ODD_NAMES) : draw.one(TOPICS);
}

/** The name of a subscription, likewise. */
export function subscriptionName(draw: Draw): string {
  return draw.once(14) ? draw.one(ODD_NAMES) : draw.one(['one', 'two', 'three']);
}

/** A name that nobody chose with care. */
export function oddName(draw: Draw): string {
  return draw.one(ODD_NAMES);
}

const ODD_NUMBERS = [
  '',
  ' ',
  '0',
  '-0',
  '-1',
  '+5',
  ' 7 ',
  '007',
  '1.5',
  '1e3',
  '1e309',
  '0x10',
  '٣',
  '１',
  'NaN',
  'Infinity',
  'true',
  'null',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '9'.repeat(15),
  '9'.repeat(16),
  '9'.repeat(400),
  '1\n',
  '1 2',
  '1,000',
  '\u0000',
] as const;

/** A number as text: within its range, at its ends, beyond them, or none at all. */
export function numberText(draw: Draw, low: number, high: number): string {
  const kind = draw.integer(1, 12);
  if (kind <= 7) return String(draw.integer(low, high));
  if (kind <= 10) return String(draw.one([low - 1, low, low + 1, high - 1, high, high + 1]));
  return draw.one(ODD_NUMBERS);
}

const TEXTS = [
  'hello',
  '',
  ' ',
  ' padded ',
  'two\nlines',
  'a\r\nb',
  '\t',
  '<b>&amp;</b>',
  ']]>',
  '&#0;',
  '&unknown;',
  '%s%n',
  '${1}',
  '{"a":1}',
  '[]',
  'ä'.repeat(40),
  '漢字',
  '😀😀',
  '\u0085\u2028',
  '\uFEFFbom',
  '\uFFFE',
  '\u0001',
  '\u0000',
  '\uD800',
  'a\uDC00b',
  '__proto__',
  'constructor',
  'e\u0301',
  'oss://bucket/key',
  '../../etc/passwd',
  "'; DROP TABLE queues; --",
] as const;

/** A text; now and then a long one, up to a little more than a message may hold. */
export function anyText(draw: Draw): string {
  if (draw.once(60)) return 'x'.repeat(draw.one([1023, 1024, 1025, 4096, 4097, 65_535, 65_536, 65_537]));
  if (draw.once(12)) return String.fromCodePoint(...draw.some(12, () => anyCodePoint(draw)));
  return draw.one(TEXTS);
}

function anyCodePoint(draw: Draw): number {
  return draw.weighted([
    [4, draw.integer(0x20, 0x7e)],
    [2, draw.integer(0, 0x1f)],
    [2, draw.integer(0x80, 0x7ff)],
    [1, draw.integer(0x800, 0xffff)],
    [1, draw.integer(0x1_0000, 0x10_ffff)],
  ]);
}

const ODD_JSON: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '1e308',
  '1e400',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"a":1}}',
  '{"__proto__":null}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"length":-1}',
  '{"then":1}',
  '{"toJSON":1}',
  '{"":1}',
  '{"a":1,"a":2}',
  '"oss://bkt/a"',
];

/** A JSON value that nobody expects where it stands, as text; `deepest` is how many levels it has at most. */
export function oddJson(draw: Draw, deepest: number = 6000): string {
  if (draw.once(10)) {
    const depth = draw.one([15, 17, 33, 65, 200, 1000, deepest]);
    const [open, close] = draw.one([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  }
  if (draw.once(30)) return `[${'1,'.repeat(draw.one([100, 5000]))}1]`;
  return draw.one(ODD_JSON);
}

/** Any JSON as text: right, odd in one place, or cut off. */
export function mutatedJson(draw: Draw, value: unknown): string {
  const text = JSON.stringify(value);
  const kind = draw.integer(1, 20);
  if (kind <= 11) return text;
  if (kind <= 17) return replacedMember(draw, text);
  if (kind === 18) return oddJson(draw);
  if (kind === 19) return text.slice(0, draw.integer(0, text.length));
  const at = draw.integer(0, text.length);
  return text.slice(0, at) + draw.one(['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', 'x']) + text.slice(at);
}

/** The text with one of its values replaced: found by what JSON values look like, which may hit a name, too. */
function replacedMember(draw: Draw, text: string): string {
  const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|-?\d+(?:\.\d+)?|true|false|null|\[\]|\{\}/g)];
  const place = places.length === 0 ? undefined : draw.one(places);
  if (place === undefined) return oddJson(draw);
  return text.slice(0, place.index) + oddJson(draw) + text.slice(place.index + place[0].length);
}

/** Bytes with one to three of them changed, taken away, put in, or the rest cut off. */
export function mutatedBytes(draw: Draw, bytes: Uint8Array): Uint8Array {
  let changed = Buffer.from(bytes);
  for (let left = draw.integer(1, 3); left > 0; left -= 1) {
    const at = draw.integer(0, Math.max(0, changed.length - 1));
    const piece = Buffer.from(
      draw.one([[0], [0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0x3c], [0x26], [0x25], [0x22]]),
    );
    const kind = draw.integer(1, 5);
    if (kind === 1) changed = changed.subarray(0, at);
    else if (kind === 2) changed = Buffer.concat([changed.subarray(0, at), piece, changed.subarray(at)]);
    else if (kind === 3) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + draw.integer(1, 4))]);
    else if (kind === 4) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(0, at)]);
    else if (changed.length > 0) {
      changed = Buffer.from(changed);
      changed[at] = draw.integer(0, 255);
    }
  }
  return changed;
}
