import type { Draw } from '../drawing/draw.js';
import { oddJson } from '../drawing/hostile-values.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Holder = Json[] | { [name: string]: Json };

/** A place in a value: what holds it, and by which name or number. */
interface Place {
  readonly holder: Holder;
  readonly key: string | number;
}

const ODD_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.5,
  17,
  65_537,
  604_801,
  1_767_225_600_000,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  8.64e15,
  8.640_000_000_000_001e15,
  1e21,
  1e308,
  -1e308,
  5e-324,
] as const;

/** Three of them in each other can still be written as text by the machine that makes them. */
const DEEPEST = 1200;

const ODD_KEYS = [
  '',
  '0',
  '-1',
  '1.5',
  '01',
  '9007199254740993',
  '__proto__',
  'constructor',
  'toString',
  'x',
  'x'.repeat(300),
  '\u0000',
];

/** The text of a snapshot with one to three changes of its structure, and now and then of its characters. */
export function mutatedSnapshot(draw: Draw, text: string): string {
  const root: Json = JSON.parse(text);
  for (let left = draw.integer(1, draw.once(4) ? 3 : 1); left > 0; left -= 1) mutate(draw, root);
  const changed = JSON.stringify(root);
  return draw.once(12) ? mutatedText(draw, changed) : changed;
}

function mutate(draw: Draw, root: Json): void {
  const place = anyPlace(draw, root);
  if (place === undefined) return;
  const { holder, key } = place;
  const value = at(place);
  const kind = draw.integer(1, 20);
  if (kind <= 7) put(place, otherValue(draw, value));
  else if (kind <= 10) remove(place);
  else if (kind === 11) put(place, JSON.parse(oddJson(draw, DEEPEST)));
  else if (kind <= 13) copyOver(draw, root, place);
  else if (kind <= 15) addMember(draw, holder, value);
  else if (kind === 16) rename(draw, place);
  else if (kind === 17) reorder(holder);
  else if (kind === 18) put(place, nested(draw, value));
  else if (kind === 19) shift(draw, root);
  else if (Array.isArray(holder)) holder.push(structuredClone(value));
  else holder[`${key}${draw.integer(0, 9)}`] = structuredClone(value);
}

/** A place that is drawn step by step from the root, so that what is small is changed as often as what is large. */
function anyPlace(draw: Draw, root: Json): Place | undefined {
  let holder = root;
  for (;;) {
    if (typeof holder !== 'object' || holder === null) return undefined;
    const keys: readonly (number | string)[] = Array.isArray(holder) ? [...holder.keys()] : Object.keys(holder);
    if (keys.length === 0) return undefined;
    const place: Place = { holder, key: draw.one(keys) };
    const inside = at(place);
    const isEmpty = typeof inside !== 'object' || inside === null || Object.keys(inside).length === 0;
    if (isEmpty || draw.once(7)) return place;
    holder = inside;
  }
}

function at({ holder, key }: Place): Json {
  const value: Json | undefined = Array.isArray(holder) ? holder[Number(key)] : holder[key];
  return value ?? null;
}

function put({ holder, key }: Place, value: Json): void {
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function otherValue(draw: Draw, value: Json): Json {
  if (typeof value === 'number') {
    return draw.once(2) ? draw.one(ODD_NUMBERS) : value + draw.one([-1, 1, 0.5, 1000, -1000, 60_000, -604_800_000]);
  }
  if (typeof value === 'string') return otherText(draw, value);
  if (typeof value === 'boolean') return draw.one<Json>([!value, 'true', 1, null]);
  return draw.one<Json>([null, [], {}, 0, '', true]);
}

function otherText(draw: Draw, text: string): Json {
  const place = draw.integer(0, text.length);
  return draw.one<Json>([
    '',
    `${text}x`,
    text.slice(1),
    text.toUpperCase(),
    text.slice(0, place) + draw.one(['\u0000', '\uD800', '\uFFFE', '-', '9', ' ', '%', '<', 'A']) + text.slice(place),
    text.slice(0, place) + (text[place] === '1' ? '2' : '1') + text.slice(place + 1),
    'x'.repeat(draw.one([300, 70_000])),
    0,
    null,
    [text],
  ]);
}

/** One part of the state in place of another: an id twice, a delivery where a message stands. */
function copyOver(draw: Draw, root: Json, place: Place): void {
  const other = anyPlace(draw, root);
  if (other !== undefined) put(place, structuredClone(at(other)));
}

function addMember(draw: Draw, holder: Holder, value: Json): void {
  if (Array.isArray(holder))
    holder.splice(draw.integer(0, holder.length), 0, draw.one<Json>([null, value, {}, 1, 'x']));
  else put({ holder, key: draw.one(ODD_KEYS) }, draw.one<Json>([null, structuredClone(value), {}, 1]));
}

function rename(draw: Draw, place: Place): void {
  const { holder } = place;
  if (Array.isArray(holder)) return;
  const value = at(place);
  remove(place);
  put({ holder, key: draw.once(2) ? draw.one(ODD_KEYS) : `${place.key}1` }, value);
}

function reorder(holder: Holder): void {
  if (Array.isArray(holder)) {
    holder.reverse();
    return;
  }
  const entries = Object.entries(holder).toReversed();
  for (const [name] of entries) delete holder[name];
  for (const [name, value] of entries) put({ holder, key: name }, value);
}

function nested(draw: Draw, value: Json): Json {
  let result = value;
  for (let level = draw.one([1, 2, 40, DEEPEST]); level > 0; level -= 1)
    result = draw.once(2) ? [result] : { a: result };
  return result;
}

/** Every time of the snapshot by the same: as if it were of another day, or of another century. */
function shift(draw: Draw, root: Json): void {
  const byMs = draw.one([-1, 1, 500, 86_400_000, -86_400_000, 31_536_000_000_000, -1e15]);
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'number' && name.endsWith('Ms') && !Array.isArray(value)) value[name] = member + byMs;
      else visit(member);
    }
  };
  visit(root);
}

function mutatedText(draw: Draw, text: string): string {
  const place = draw.integer(0, text.length);
  const rest = text.slice(place + draw.integer(0, 3));
  const piece = draw.one(['', '"', '{', '}', '[', ']', ',', ':', '1', 'e', '-', '\\u0000', '\u0000', 'null', '\uFEFF']);
  return draw.once(4) ? text.slice(0, place) : text.slice(0, place) + piece + rest;
}
