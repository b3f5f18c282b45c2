import { childText, readXml } from '@mnsbus/core/internal';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { CONVERSION, immFixture, type TestReply } from '../test-support/imm-fixture.js';

const UUID = /^[\dA-F]{8}-[\dA-F]{4}-4[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/;

const NAMES = (
  'Action Version Project Type CU BillingType TaskId Marker MaxKeys SrcUri TgtUri TgtType StartPage EndPage ' +
  'DisplayDpi TgtFilePages TgtFilePrefix IdempotentToken Timestamp SignatureNonce SignatureVersion Format ' +
  'AccessKeyId NotifyEndpoint NotifyTopicName'
).split(' ');

const ACTIONS = (
  'PutProject GetProject ListProjects DeleteProject CreateOfficeConversionTask GetOfficeConversionTask ' +
  'ListOfficeConversionTask DeleteOfficeConversionTask'
).split(' ');

describe('anything at all', () => {
  const header = fc.tuple(
    fc.constantFrom('Host', 'Content-Type', 'Accept', 'Authorization', 'x-acs-action', 'x-acs-version', 'X'),
    fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'ACS3-HMAC-SHA256', 'PutProject'),
    ),
  );

  const expectWellFormedError = (reply: TestReply): void => {
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(reply.headers.get('Content-Length')).toBe(String(Buffer.byteLength(reply.text)));
    const xml = reply.headers.get('Content-Type') === 'text/xml;charset=utf-8' ? readXml(reply.text) : undefined;
    const code = xml === undefined ? reply.members['Code'] : childText(xml, 'Code');
    expect(code).toMatch(/^[A-Z][A-Za-z.]+$/);
  };

  it.prop(
    [
      fc.oneof(fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS'), fc.string()),
      fc.string({ unit: 'binary' }),
      fc.array(header, { maxLength: 5 }),
      fc.uint8Array({ maxLength: 200 }),
    ],
    { numRuns: 300 },
  )('that is not signed gets a well-formed error', async (method, target, headers, body) => {
    expectWellFormedError(await immFixture().send({ method, target, headers, body }));
  });

  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '0', '-1', '1', 'true', 'XML', '[]', '[1]', 'oss://bkt/a', 'demo', 'ALL', 'png', '__proto__'),
  );
  it.prop([fc.constantFrom(...ACTIONS), fc.dictionary(fc.constantFrom(...NAMES), value)], { numRuns: 500 })(
    'that is signed gets a success or a well-formed error',
    async (Action, changes) => {
      const fixture = immFixture();
      await fixture.call('PutProject', { Project: 'demo' });
      const reply = await fixture.call(Action, { ...CONVERSION, ...changes });
      if (reply.status !== 200) expectWellFormedError(reply);
      else if (reply.headers.get('Content-Type')?.startsWith('text/xml') === true) {
        expect(readXml(reply.text).name).toMatch(/Response$/);
      } else expect(reply.members['RequestId']).toMatch(UUID);
    },
  );
});
