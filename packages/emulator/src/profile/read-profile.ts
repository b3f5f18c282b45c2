import { invalidArgument } from '@mnsbus/core/internal';
import { z } from 'zod';
import { from0, millisecondsSchema as milliseconds } from '../imm/script/distribution-schema.js';
import { MAX_STRIPES } from '../mns/model/model-settings.js';
import {
  BEHAVIOURS,
  PROFILE_NAMES,
  PROFILES,
  type Behaviours,
  type ChangedProfile,
  type Profile,
  type ProfileName,
  type ProfileOption,
} from './profile.js';

const probability = z.number().min(0).max(1);
const perSecond = z.int('expected a whole number from 1').min(1, 'expected a whole number from 1').exactOptional();

/** A behaviour, or `false` for what it is in `kind`; `what` says what it may be. */
function orOff<T extends z.ZodType>(
  behaviour: T,
  what: string,
  text: string,
): z.ZodExactOptional<z.ZodUnion<readonly [T, z.ZodLiteral<false>]>> {
  return z
    .union([behaviour, z.literal(false)], `expected ${what}, or false`)
    .describe(`${text} false: as in kind.`)
    .exactOptional();
}

const changedProfile: z.ZodType<ChangedProfile> = z.strictObject({
  base: z.enum(PROFILE_NAMES).describe('Which profile it is but for what stands beside it.'),
  stripes: orOff(
    z.int().min(1).max(MAX_STRIPES),
    'a whole number from 1 to 16',
    'Over how many storage nodes a queue is spread.',
  ),
  narrowReceives: orOff(
    z.strictObject({ probability: probability.exactOptional(), forMs: from0.exactOptional() }),
    'a map of probability and forMs',
    'How often a receive asks one node only, and for how long; its wait may be over sooner.',
  ),
  earlyEndMs: orOff(
    milliseconds,
    'milliseconds or a distribution',
    'How much sooner than asked a wait ends that brings nothing.',
  ),
  paceMs: orOff(
    z.strictObject({
      receive: milliseconds.exactOptional(),
      send: milliseconds.exactOptional(),
      publish: milliseconds.exactOptional(),
      delete: milliseconds.exactOptional(),
      changeVisibility: milliseconds.exactOptional(),
      attributes: milliseconds.exactOptional(),
      resources: milliseconds.exactOptional(),
    }),
    'a map of milliseconds by kind of request',
    'How long it takes until a request is carried out, by kind.',
  ),
  slowReceives: orOff(
    z.strictObject({ probability: probability.exactOptional(), ms: milliseconds.exactOptional() }),
    'a map of probability and ms',
    'How often a receive that may wait takes longer, and how long.',
  ),
  countsAgeMs: orOff(from0, 'milliseconds from 0', 'How old the counts of a queue may be.'),
  deliveryLagMs: orOff(
    milliseconds,
    'milliseconds or a distribution',
    'How long a message takes from its topic to a queue.',
  ),
  repeatedDeliveries: orOff(probability, 'a number from 0 to 1', 'How often a topic delivers twice.'),
  repeatedEvents: orOff(probability, 'a number from 0 to 1', 'How often the event of a task is published twice.'),
  eventLagMs: orOff(
    milliseconds,
    'milliseconds or a distribution',
    'From the end of a task to its event; tasks.events.publishLagMs counts before it.',
  ),
  throttling: orOff(
    z.strictObject({ messagesPerSecond: perSecond, othersPerSecond: perSecond, holdMs: milliseconds.exactOptional() }),
    'a map of messagesPerSecond, othersPerSecond and holdMs',
    'How many requests a tenant may make in a second; one more is held back, then refused.',
  ),
});

/** What the option may be, as plain JSON. */
export const profileSchema: z.ZodType<ProfileOption> = z
  .union([changedProfile, z.enum(PROFILE_NAMES)], 'expected kind, cloud, or a map with base: kind or base: cloud')
  .describe('How kind the services are: kind (the default), or cloud, as unkind as the live service was seen to be.');

/** Reads the option. Throws `INVALID_ARGUMENT`, naming the behaviour. */
export function readProfile(option: ProfileOption = 'kind'): Profile {
  const read = typeof option === 'object' && option !== null ? changedProfile.safeParse(option) : nameOf(option);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.path ?? [];
    const expected = issue?.message.replace(/^expected /, '') ?? 'a profile';
    throw invalidArgument(['profile', ...path.map(String)].join('.'), expected, path.reduce<unknown>(memberOf, option));
  }
  const given = read.data;
  if (typeof given === 'string') return { name: given, changed: [], behaviours: PROFILES[given] };
  const names = BEHAVIOURS.filter((name) => given[name] !== undefined);
  const values = names.map((name) => [
    name,
    changedValue(PROFILES[given.base][name], given[name], PROFILES.kind[name]),
  ]);
  const behaviours: Behaviours = { ...PROFILES[given.base], ...Object.fromEntries(values) };
  return { name: given.base, changed: names, behaviours };
}

function nameOf(option: unknown): z.ZodSafeParseResult<ProfileName> {
  return z.enum(PROFILE_NAMES, 'kind, cloud, or an object with one of them as its base').safeParse(option);
}

/** Of what has members, those that are given change; a distribution is given as a whole. */
function changedValue(base: unknown, change: unknown, off: unknown): unknown {
  if (change === false) return off;
  if (typeof base !== 'object' || typeof change !== 'object' || change === null || 'kind' in change) return change;
  return { ...base, ...change };
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
