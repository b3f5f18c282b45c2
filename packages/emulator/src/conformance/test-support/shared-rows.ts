import { OTHER_KEY } from '../../mns/test-support/mns-fixture.js';
import type { ProvokedCode } from '../../mns/failure.js';
import { OPERATIONS, type DocumentedOperation, type OperationName } from './documented-operations.js';
import { refusal, shapeText, type Call, type ConformanceRow, type Step } from './conformance-row.js';
import type { DocumentedCode } from './documented-errors.js';

// Rows that look the same for every operation, or for every one with a queue, a topic or a body.

type Headers = NonNullable<Parameters<NonNullable<Call['tamper']>>[0]>;

const MINUTES = 60_000;
const STRANGER = { accessKeyId: 'nobody', accessKeySecret: 'emuSecret' };
const WRONG_SECRET = { accessKeyId: 'emuKey', accessKeySecret: 'wrong' };

const without = (name: string) => (headers: Headers) =>
  headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase());

const replaced = (name: string, value: string) => (headers: Headers) =>
  headers.map(([key, old]) => [key, key === name ? value : old] as const);

/** Ways to be refused before anybody looks at what the request wants. */
const SENDER_FAULTS: readonly (readonly [
  code: DocumentedCode,
  when: string,
  change: (sample: Call) => Call,
  given?: readonly Step[],
])[] = [
  [
    'MissingAuthorizationHeader',
    'without Authorization',
    (sample) => ({ ...sample, tamper: without('Authorization') }),
  ],
  [
    'InvalidAuthorizationHeader',
    'with an Authorization of another scheme',
    (sample) => ({ ...sample, tamper: replaced('Authorization', 'Basic ZW11S2V5') }),
  ],
  ['MissingDateHeader', 'without any date', (sample) => ({ ...sample, tamper: without('Date') })],
  [
    'InvalidDateHeader',
    'with a date of another form',
    (sample) => ({ ...sample, tamper: replaced('Date', '2026-01-01T00:00:00Z') }),
  ],
  ['TimeExpired', 'more than 15 minutes late', (sample) => ({ ...sample, clockAheadMs: -15 * MINUTES - 1000 })],
  ['TimeExpired', 'more than 15 minutes early', (sample) => ({ ...sample, clockAheadMs: 15 * MINUTES + 1000 })],
  ['MissingVersionHeader', 'without a version', (sample) => ({ ...sample, tamper: without('x-mns-version') })],
  [
    'InvalidVersionHeader',
    'of another version',
    (sample) => ({ ...sample, tamper: replaced('x-mns-version', '2014-07-08') }),
  ],
  [
    'InvalidSecurityToken',
    'with a security token that nobody issued',
    (sample) => ({ ...sample, headers: [...(sample.headers ?? []), ['security-token', 'none']] }),
  ],
  [
    'InvalidSecurityToken',
    'with a token that belongs to another key',
    (sample) => ({ ...sample, signing: 'foreign-token' }),
  ],
  ['InvalidAccessKeyId', 'with an unknown key', (sample) => ({ ...sample, key: STRANGER })],
  ['SignatureDoesNotMatch', 'signed with a wrong secret', (sample) => ({ ...sample, key: WRONG_SECRET })],
  [
    'SignatureDoesNotMatch',
    'with a signature of version 4 that is none',
    (sample) => ({
      ...sample,
      signing: 'v4',
      tamper: (headers) => headers.map(([name, value]) => [name, value.replace(/(?<=Signature=)\w+/, '0'.repeat(64))]),
    }),
  ],
  [
    'AccessDenied',
    'to another account',
    (sample) => ({ ...sample, host: '2000000000000002.mns.cn-hangzhou.aliyuncs.com' }),
  ],
  ['AccessDenied', 'with a key of another account', (sample) => ({ ...sample, key: OTHER_KEY })],
  [
    'InvalidDigest',
    'with the digest of another body',
    (sample) => ({ ...sample, headers: [...(sample.headers ?? []), ['Content-MD5', 'AAAAAAAAAAAAAAAAAAAAAA==']] }),
  ],
  ['InvalidRequestURL', 'at a path too long', (sample) => ({ ...sample, target: longer(sample.target) })],
  ['InvalidRequestURL', 'by a method that the path has not', (sample) => ({ ...sample, method: 'PATCH' })],
];

/** What the service answers of its own accord, here on request. */
const PROVOKED = [
  ['TooManyRequests', 'throttled'],
  ['QpsLimitExceeded', 'throttled in the older way'],
  ['AccessDeniedByRamPolicy', 'denied by a policy'],
  ['InternalError', 'by a broken service'],
  ['InternalServerError', 'by a service broken in another way'],
] as const satisfies readonly (readonly [ProvokedCode, string])[];

/** What a bad name is answered, by the resource it names; the names replaced are those of the samples. */
const NAME_FAULTS: Readonly<
  Record<
    'orders' | 'news' | 'copy',
    { readonly invalid: DocumentedCode; readonly length: DocumentedCode; readonly limit: number }
  >
> = {
  orders: { invalid: 'InvalidQueueName', length: 'QueueNameLengthError', limit: 120 },
  news: { invalid: 'TopicNameInvalid', length: 'TopicNameLengthError', limit: 120 },
  copy: { invalid: 'SubscriptionNameInvalid', length: 'SubscriptionNameLengthError', limit: 255 },
};

const KINDS = { orders: 'queue', news: 'topic', copy: 'subscription' } as const;

/** What a resource that is not there is answered. */
const MISSING: Readonly<Record<'orders' | 'news' | 'copy', DocumentedCode>> = {
  orders: 'QueueNotExist',
  news: 'TopicNotExist',
  copy: 'SubscriptionNotExist',
};

/** The rows that follow from what is known of an operation in general. */
export const sharedRows: readonly ConformanceRow[] = OPERATIONS.flatMap(([name, operation]) => [
  ...senderRows(name, operation),
  ...nameRows(name, operation),
  ...missingRows(name, operation),
  ...bodyRows(name, operation),
]);

function senderRows(name: OperationName, { sample }: DocumentedOperation): readonly ConformanceRow[] {
  const strict: ConformanceRow = {
    ...refusal(name, 'InvalidQueryString', 'with an unknown query name, where names are strict', {
      ...sample,
      target: `${sample.target}${sample.target.includes('?') ? '&' : '?'}color=red`,
    }),
    mns: { strictQueryNames: true },
  };
  const refusals = SENDER_FAULTS.map(([code, when, change, given = []]) =>
    refusal(name, code, when, change(sample), { given }),
  );
  const provoked = PROVOKED.map(([code, when]): ConformanceRow => ({
    ...refusal(name, code, when, sample),
    mns: { refuse: ({ operation }) => (operation === name ? code : undefined) },
  }));
  return [...refusals, strict, ...provoked];
}

function nameRows(operation: OperationName, { sample, names }: DocumentedOperation): readonly ConformanceRow[] {
  return names.flatMap((name) => {
    const { invalid, length, limit } = NAME_FAULTS[name];
    const named = (other: string): Call => ({ ...sample, target: renamed(sample.target, name, other) });
    return [
      refusal(operation, invalid, `a ${KINDS[name]} name that begins with a hyphen`, named(`-${name}`)),
      refusal(operation, invalid, `a ${KINDS[name]} name with a character that names have not`, named(`${name}_1`)),
      refusal(operation, invalid, `a ${KINDS[name]} name with an escaped slash`, named(`${name}%2F1`)),
      refusal(operation, length, `a ${KINDS[name]} name of ${limit + 1} characters`, named('n'.repeat(limit + 1))),
    ];
  });
}

function missingRows(
  operation: OperationName,
  { sample, names, errors }: DocumentedOperation,
): readonly ConformanceRow[] {
  return names
    .filter((name) => errors.includes(MISSING[name]))
    .map((name) =>
      refusal(operation, MISSING[name], `of a ${KINDS[name]} that is not there`, {
        ...sample,
        target: renamed(sample.target, name, 'missing'),
      }),
    );
}

function bodyRows(operation: OperationName, { sample, bodyRoot }: DocumentedOperation): readonly ConformanceRow[] {
  const malformed = (when: string, body: string): ConformanceRow =>
    refusal(operation, 'MalformedXML', when, { ...sample, body });
  if (operation === 'BatchSendMessage') return [malformed('an unfinished list', '<Messages><Message>')];
  if (bodyRoot === undefined) return [];
  return [
    malformed('an unfinished document', `<${bodyRoot}>`),
    malformed('two roots', `<${bodyRoot}/><${bodyRoot}/>`),
    malformed('text that is no XML', 'hello'),
    malformed('an unknown entity', `<${bodyRoot}>&nbsp;</${bodyRoot}>`),
    malformed('a document type', `<!DOCTYPE ${bodyRoot}><${bodyRoot}/>`),
    refusal(
      operation,
      'InvalidArgument',
      'another root',
      { ...sample, body: '<Other/>' },
      { message: shapeText(bodyRoot) },
    ),
  ];
}

function renamed(target: string, from: string, to: string): string {
  return target.replace(`/${from}`, `/${to}`);
}

function longer(target: string): string {
  const [path = '', query] = target.split('?', 2);
  const more = `${path === '/' ? '' : path}/a/b/c`;
  return query === undefined ? more : `${more}?${query}`;
}
