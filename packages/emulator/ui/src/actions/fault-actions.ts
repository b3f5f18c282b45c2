import { readMembers } from '../model/json-members.js';
import type { FaultView } from '../model/views.js';
import type { Page } from '../page.js';

type Kind = FaultView['fault']['kind'];

/** What a kind of fault must have besides its kind, as an example to change. */
const MEMBERS: Readonly<Record<Kind, Readonly<Record<string, unknown>>>> = {
  refuse: { code: 'InternalError' },
  throttle: {},
  'server-error': {},
  delay: { delayMs: 1000 },
  'skew-clock': { skewMs: 1_200_000 },
  'reset-before-effect': {},
  'reset-after-effect': {},
  'truncate-reply': {},
  'corrupt-reply': {},
  'wrong-md5': {},
  'expire-credentials': {},
  'duplicate-message': {},
  'reorder-message': { behindMs: 1000 },
  'delay-message': { delayMs: 1000 },
  'early-visibility': { earlyMs: 1000 },
  'drop-delivery': {},
  'repeat-delivery': {},
  'late-delivery': { delayMs: 1000 },
  'hold-task': {},
  'slow-task': { extraMs: 10_000 },
  'fail-task': { code: 'ConvertTimeout' },
  'duplicate-event': {},
  'no-event': {},
};

/** Every kind of fault. */
export const FAULT_KINDS: readonly string[] = Object.keys(MEMBERS);

/** Asks what shall go wrong. */
export function askFault(page: Page): void {
  const { say } = page;
  page.ask({
    title: say('addFault'),
    submit: say('addFault'),
    isDangerous: true,
    fields: [
      { name: 'kind', label: say('faultKind'), kind: 'choice', choices: FAULT_KINDS, isRequired: true },
      { name: 'name', label: say('faultName'), kind: 'line', help: say('optional') },
      { name: 'probability', label: say('faultProbability'), kind: 'number', value: '1' },
      { name: 'times', label: say('faultTimes'), kind: 'number', help: say('optional') },
      { name: 'members', label: say('faultMembers'), kind: 'area', help: say('faultMembersHelp') },
    ],
    act: async ({ kind = '', name = '', probability = '', times = '', members = '' }) => {
      const fault = {
        ...new Map(Object.entries(MEMBERS)).get(kind),
        kind,
        ...(name === '' ? {} : { name }),
        ...(probability === '' ? {} : { probability: Number(probability) }),
        ...(times === '' ? {} : { times: Number(times) }),
        ...readMembers(members, say('notAnObject')),
      };
      const { id } = await page.api.post<FaultView>('/faults', { fault });
      return say('faultDone', { name: id });
    },
  });
}

/** Takes a fault away. */
export function removeFault(page: Page, faultId: string): Promise<void> {
  return page.act(async () => {
    await page.api.remove(`/faults/${encodeURIComponent(faultId)}`);
    return page.say('removeDone', { name: faultId });
  });
}
