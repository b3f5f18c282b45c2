import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  START_MS,
  createSigner,
  pushRoom,
  reasonsIn,
  serve,
  service,
  type PushRoom,
} from '../test-support/push-room.js';
import { SERVICE_CERTIFICATE, SERVICE_CERTIFICATES, checkPrefixes, isUnderPrefix } from './certificate-prefixes.js';
import { fetchOverNetwork } from './fetch-certificate.js';

const otherSigner = createSigner();

describe('Certificates of pushes', () => {
  const tricks = [
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com.evil.test/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com@evil.test/cert.pem',
    'https://user@mnstest.oss-cn-hangzhou.aliyuncs.com/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com:8443/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com:443/cert.pem',
    'https://MNSTEST.oss-cn-hangzhou.aliyuncs.com/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com\\@evil.test/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/../../etc/passwd',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/%2e%2e/x',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/a#b',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/x509_public_certificate.pem?1',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/x509%5Fpublic_certificate.pem',
    'http://mnstest.oss-cn-hangzhou.aliyuncs.com/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com',
    ' https://mnstest.oss-cn-hangzhou.aliyuncs.com/cert.pem',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/cert.pem\n',
    'https://mnstest.oss-cn-hangzhou.aliyuncs.com/a\tb',
    'https:mnstest.oss-cn-hangzhou.aliyuncs.com/cert.pem',
    '//mnstest.oss-cn-hangzhou.aliyuncs.com/cert.pem',
    'https://[::1]/cert.pem',
    'https://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:1/cert.pem',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:1',
    '',
  ];

  it.each(tricks)('are not fetched from %j', async (url) => {
    const made = await pushRoom();
    const status = await made.send({ headers: { 'x-mns-signing-cert-url': Buffer.from(url).toString('base64') } });
    expect(status).toBe(url === '' ? 400 : 403);
    expect(made.fetched).toEqual([]);
    expect(made.delivered).toEqual([]);
  });

  prop.prop([
    fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.string().map((text) => SERVICE_CERTIFICATES + text),
    ),
  ])('are under a prefix only if a URL parser finds them on its host', (text) => {
    if (!isUnderPrefix(text, [SERVICE_CERTIFICATES])) return;
    expect(new URL(text).origin).toBe('https://mnstest.oss-cn-hangzhou.aliyuncs.com');
    expect(new URL(text).href).toBe(text);
  });

  it.each([
    'https://example.com',
    'http://example.com/',
    'example.com/',
    'https://EXAMPLE.com/',
    'https://u:p@example.com/',
    'https://example.com/#/',
    'ftp://example.com/',
  ])('refuse %j for a prefix', (prefix) => {
    expect(() => checkPrefixes([prefix])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([
    ['is slow', () => new Promise<string>(() => {})],
    ['is none', async () => 'no certificate'],
    ['is not there', () => Promise.reject(new Error('expected status 200, received 404'))],
  ])('whose server %s have the topic try again, and are not asked for by each request', async (_, fetchCertificate) => {
    const made = await pushRoom({ fetchCertificate });
    for (let count = 0; count < 5; count += 1) expect(await made.clock.runUntil(made.send())).toBe(503);
    expect(made.fetched).toHaveLength(1);
    expect(made.delivered).toEqual([]);
    await made.clock.advanceBy(10_001);
    void made.send();
    await made.clock.advanceBy(1);
    expect(made.fetched).toHaveLength(2);
  });

  it('are kept for a while', async () => {
    const made = await pushRoom({ certificate: { cacheMs: 1000 } });
    made.verdict = { type: 'retry' };
    for (let second = 0; second < 4; second += 1) {
      await made.send();
      await made.clock.advanceBy(500);
    }
    expect(made.fetched).toHaveLength(2);
  });

  it('with names that are expected are allowed beside the prefixes, and no others', async () => {
    const { push } = await service;
    const url = 'https://certificates.example/push.pem?version=1';
    const made = await pushRoom({ certificatePrefixes: [], certificate: { urls: [url] } });
    expect(await made.send({}, push({ certificateUrl: url }))).toBe(204);
    expect(await made.send({}, push({ certificateUrl: `${url}2` }))).toBe(403);
    expect(await made.send({}, push())).toBe(403);
    expect(reasonsIn(made)).toEqual(['certificate-url', 'certificate-url']);
    expect(made.fetched).toEqual([url]);
    const odd = pushRoom({ certificate: { urls: ['http://certificates.example/push.pem'] } });
    await expect(odd).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  const forgedUrls = [
    ...Array.from({ length: 30 }, (_, index) => `${SERVICE_CERTIFICATES}forged-${index}.pem`),
    SERVICE_CERTIFICATE,
  ];
  const forgery = fc.record({
    url: fc.constantFrom(...forgedUrls),
    /** Milliseconds until the next request. */
    restMs: fc.constantFrom(0, 0, 0, 1, 100, 1000),
    answer: fc.constantFrom('none', 'slow', 'another certificate'),
  });
  prop.prop([fc.array(forgery, { minLength: 1, maxLength: 60 }), fc.array(fc.nat({ max: 59 }), { maxLength: 5 })])(
    'let a genuine push in at once, whatever is asked for by forged ones, before its certificate is known and after',
    async (forgeries, places) => {
      const { pem, push } = await service;
      const forger = await otherSigner;
      const made: PushRoom = await pushRoom({
        fetchCertificate: (url) => {
          if (url === SERVICE_CERTIFICATE) return Promise.resolve(pem);
          const { answer = 'none' } = forgeries.find((one) => one.url === url) ?? {};
          if (answer === 'slow') return new Promise(() => {});
          return answer === 'none' ? Promise.reject(new Error('404')) : Promise.resolve(forger.pem);
        },
      });
      const forged: Promise<number>[] = [];
      const sendGenuine = async (): Promise<void> => {
        expect(await made.send({}, push({ sentAtMs: made.clock.now() }))).toBe(204);
      };
      for (const [index, { url, restMs }] of forgeries.entries()) {
        if (places.includes(index)) await sendGenuine();
        const sent = forger.push({ certificateUrl: url, sentAtMs: made.clock.now(), text: 'forged' });
        forged.push(made.send({ headers: { authorization: forger.push().headers['authorization'] } }, sent));
        await made.clock.advanceBy(restMs);
      }
      await sendGenuine();
      for (const status of await made.clock.runUntil(Promise.all(forged))) expect([403, 503]).toContain(status);
      expect(made.delivered).toHaveLength(
        places.filter((place, at) => place < forgeries.length && places.indexOf(place) === at).length + 1,
      );
      const genuineFetches = made.fetched.filter((url) => url === SERVICE_CERTIFICATE).length;
      const elapsedMs = made.clock.now() - START_MS;
      expect(genuineFetches).toBeLessThanOrEqual(1 + elapsedMs / 10_000);
      expect(made.fetched.length - genuineFetches).toBeLessThanOrEqual(4 + elapsedMs / 250);
      made.handler.close();
      await made.clock.advanceBy(0);
      expect(made.clock.pendingTimers).toBe(0);
    },
  );

  it('of the network: no redirection is followed, no other host is asked, and a large one is not read', async () => {
    let decoy = 0;
    const evil = await serve((_, response) => {
      decoy += 1;
      response.end('certificate');
    });
    const server = await serve(({ url }, response) => {
      if (url === '/redirect') response.writeHead(302, { location: `${evil}cert.pem` }).end();
      else if (url === '/large') response.end('x'.repeat(1_000_000));
      else response.writeHead(404).end();
    });
    const { push } = await service;
    for (const path of ['redirect', 'large', 'missing']) {
      const made = await pushRoom({ certificatePrefixes: [server], fetchCertificate: fetchOverNetwork });
      expect(await made.send({}, push({ certificateUrl: `${server}${path}` }))).toBe(503);
      expect(reasonsIn(made)).toEqual(['certificate']);
    }
    expect(decoy).toBe(0);
  });
});
