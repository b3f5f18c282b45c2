import { readXml } from '@mnsbus/core/internal';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { immFixture } from '../test-support/imm-fixture.js';
import { membersProblem } from './reply-members.js';

const XML_LIMITS = { maxDepth: 1000, maxNodes: 1_000_000 };

/** Names as IMM has them, such as nobody has, and such as XML has not. */
const name = fc.oneof(
  fc.constantFrom(
    'Faces',
    'RequestId',
    's',
    'ss',
    '_',
    'Code',
    '__proto__',
    'constructor',
    'toString',
    '1',
    'a b',
    '',
    'é',
  ),
  fc.stringMatching(/^[A-Za-z_][\w.-]{0,5}$/),
  fc.string({ unit: 'binary' }),
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('\u0000', '\uD800', ']]>', '<a>&amp;', '\r\n', '\uFFFE'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value'), { maxLength: 4 }), objectOf(tie('value'))),
}));

// Through JSON text, so that a name such as __proto__ is a member like all others.
function objectOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc
    .array(fc.tuple(name, value), { maxLength: 4 })
    .map((pairs) =>
      JSON.parse(`{${pairs.map((pair) => pair.map((part) => JSON.stringify(part)).join(':')).join(',')}}`),
    );
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('any reply', () => {
  it.prop([objectOf(anyJson)], { numRuns: 500 })(
    'comes back equal in JSON and well-formed in XML, or is refused for a name that XML has not',
    async (reply) => {
      const fixture = immFixture();
      const { replies } = fixture.service;
      const isNameable = Object.keys(reply).every((key) => /^[A-Za-z_][\w.-]*$/.test(key));
      expect(membersProblem(reply) === undefined).toBe(isNameable);
      if (!isNameable) {
        expect(() => replies.set('2020-09-30', 'DetectImageFaces', { reply })).toThrow(/a name that XML allows/);
        expect(replies.list()).toEqual([]);
        return;
      }
      replies.set('2020-09-30', 'DetectImageFaces', { reply });
      const ask = (Format: string) => fixture.call('DetectImageFaces', { Version: '2020-09-30', Format });
      const json = await ask('JSON');
      const requestId = json.headers.get('x-acs-request-id');
      expect(JSON.parse(json.text)).toEqual(asJson({ RequestId: requestId, ...reply }));
      const xml = await ask('XML');
      expect([xml.status, readXml(xml.text, XML_LIMITS).name]).toEqual([200, 'DetectImageFacesResponse']);
    },
  );

  it.prop([objectOf(anyJson)], { numRuns: 200 })('is the same again after a snapshot as JSON text', (reply) => {
    fc.pre(membersProblem(reply) === undefined);
    const [first, second] = [immFixture(), immFixture()];
    first.service.replies.set('2017-09-06', 'GetMediaMeta', { reply });
    second.service.replies.prepare(JSON.parse(JSON.stringify(first.service.replies.records())))();
    expect(second.service.replies.list()).toEqual(first.service.replies.list());
  });
});
