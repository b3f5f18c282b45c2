import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { httpRequest, readReply } from './http-message.js';

describe('httpRequest', () => {
  it('writes a request to the byte, with the length of its body in bytes', () => {
    expect(httpRequest('PUT', '/q?a=b', { Host: 'h', A: '1' }, 'é').toString()).toBe(
      'PUT /q?a=b HTTP/1.1\r\nHost: h\r\nA: 1\r\nContent-Length: 2\r\n\r\né',
    );
  });

  it('names this machine as the host unless told another', () => {
    expect(httpRequest('GET', '/', {}).toString()).toBe(
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n',
    );
  });
});

describe('readReply', () => {
  const WITH_LENGTH = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello';
  const CHUNKED = 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nA\r\nlo, world.\r\n0\r\n\r\n';
  const read = (text: string): unknown => {
    const reply = readReply(Buffer.from(text));
    return reply && { status: reply.status, body: reply.body.toString() };
  };

  it.each([
    [WITH_LENGTH, 200, 'hello'],
    [CHUNKED, 201, 'hello, world.'],
    ['HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n', 204, ''],
  ])('reads %j', (text, status, body) => {
    expect(read(text)).toEqual({ status, body });
  });

  prop.prop([fc.constantFrom(WITH_LENGTH, CHUNKED), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    'waits for the end of a reply that is cut anywhere',
    (text, share) => {
      expect(read(text.slice(0, Math.floor(text.length * share)))).toBeUndefined();
    },
  );
});
