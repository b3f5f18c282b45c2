import { describe, expect, it } from 'vitest';
import { readReply } from '../test-support/imm-fixture.js';
import { errorReply, replyFormat, successReply } from './reply.js';
import { notFound } from './rpc-fault.js';

const REQUEST_ID = '9A1B2C3D-0000-4E5F-8000-123456789ABC';

const formatOf = (format: string | undefined, ...headers: readonly (readonly [string, string])[]): string =>
  replyFormat({ headers }, new Map(format === undefined ? [] : [['Format', format]]));

describe('the format of a reply', () => {
  it.each([
    ['JSON', 'JSON'],
    ['json', 'JSON'],
    ['Json', 'JSON'],
    ['XML', 'XML'],
    ['xml', 'XML'],
    ['None', 'XML'],
    ['', 'XML'],
    [undefined, 'XML'],
  ])('for Format=%s is %s', (format, expected) => {
    expect(formatOf(format)).toBe(expected);
  });

  it.each([
    ['application/json', 'JSON'],
    ['APPLICATION/JSON; q=0.9', 'JSON'],
    ['text/xml, application/json;charset=utf-8', 'JSON'],
    ['*/*', 'XML'],
    ['application/jsonp', 'XML'],
  ])('without Format, for Accept: %s, is %s', (accept, expected) => {
    expect(formatOf(undefined, ['accept', accept])).toBe(expected);
    expect(formatOf('None', ['Accept', accept])).toBe(expected);
  });

  it('without Format is JSON for the newer kind of signature', () => {
    expect(formatOf(undefined, ['Authorization', 'ACS3-HMAC-SHA256 Credential=a'])).toBe('JSON');
  });

  it('named in Format wins over every header', () => {
    expect(formatOf('XML', ['Accept', 'application/json'], ['Authorization', 'ACS3-HMAC-SHA256 x'])).toBe('XML');
    expect(formatOf('JSON', ['Accept', 'text/xml'])).toBe('JSON');
  });
});

describe('a reply', () => {
  it.each([
    ['JSON', 'application/json;charset=utf-8', '{"Project":"图","RequestId":"r"}'],
    [
      'XML',
      'text/xml;charset=utf-8',
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<GetProjectResponse><Project>图</Project><RequestId>r</RequestId></GetProjectResponse>',
    ],
  ] as const)('in %s has its exact headers and body', (format, contentType, text) => {
    const reply = successReply(format, 'GetProject', REQUEST_ID, { Project: '图', RequestId: 'r' });
    expect(reply.status).toBe(200);
    expect(reply.headers).toEqual([
      ['Content-Type', contentType],
      ['Content-Length', String(Buffer.byteLength(text))],
      ['x-acs-request-id', REQUEST_ID],
    ]);
    expect(readReply(reply).text).toBe(text);
  });

  it.each([
    [
      'JSON',
      `{"RequestId":"${REQUEST_ID}","HostId":"127.0.0.1:1","Code":"InvalidTask.NotFound",` +
        '"Message":"The resource Task cannot be found. Please check."}',
    ],
    [
      'XML',
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><RequestId>${REQUEST_ID}</RequestId><HostId>127.0.0.1:1</HostId>` +
        '<Code>InvalidTask.NotFound</Code><Message>The resource Task cannot be found. Please check.</Message></Error>',
    ],
  ] as const)('of an error in %s has its exact body', (format, text) => {
    const reply = errorReply(format, notFound('Task'), { requestId: REQUEST_ID, hostId: '127.0.0.1:1' });
    expect([reply.status, readReply(reply).text]).toEqual([400, text]);
  });
});
