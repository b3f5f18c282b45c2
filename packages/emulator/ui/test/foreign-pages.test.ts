import { createServer, request, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator.js';
import { listen, type EmulatorServer } from '../../src/mounts/http.js';
import { launchChromium, openPage, type Browser, type TestBrowser } from './test-support/chromium.js';

// What a browser really sends when a page that its user has opened calls the emulator.
let chromium: Browser;
let pages: Server;
let emulator: Emulator;
let server: EmulatorServer;
let browser: TestBrowser;

beforeAll(async () => {
  chromium = await launchChromium(['--host-resolver-rules=MAP *.evil.com 127.0.0.1']);
  pages = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>page</title>'));
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await chromium?.close();
  pages?.closeAllConnections();
  await new Promise((resolve) => pages?.close(resolve));
});
beforeEach(async () => {
  emulator = createEmulator({ seed: 'pages' });
  server = await listen(emulator, { cors: [`http://named.evil.com:${portOf(pages)}`] });
  browser = await openPage(chromium);
});
afterEach(async () => {
  await browser.close();
  await server.close();
});

function portOf(listening: Server): number {
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Opens a page of another server, and lets it call the emulator in every way that a page has; gives what it could read. */
async function called(pageHost: string, emulatorHost: string): Promise<readonly string[]> {
  await browser.page.goto(`http://${pageHost}:${portOf(pages)}/`);
  return browser.page.evaluate(async (base) => {
    const read = (path: string, init: RequestInit = {}): Promise<string> =>
      fetch(`${base}${path}`, init).then(
        (reply) => (reply.type === 'opaque' ? 'opaque' : `${reply.status}`),
        () => 'nothing',
      );
    const image = new Promise<string>((resolve) => {
      const element = new Image();
      element.referrerPolicy = 'no-referrer';
      element.addEventListener('error', () => resolve('nothing'));
      element.src = `${base}/queues?image`;
    });
    return [
      await read('/queues?get'),
      await read('/queues?simple', { mode: 'no-cors', referrerPolicy: 'no-referrer' }),
      await read('/?Action=PutProject', { mode: 'no-cors', method: 'POST', body: 'Action=PutProject' }),
      await read('/queues/q', { method: 'PUT', body: '<Queue/>', headers: { Authorization: 'MNS emuKey:x' } }),
      await image,
    ];
  }, `http://${emulatorHost}:${server.port}`);
}

describe('a page that a browser shows', () => {
  it.each([
    ['page.evil.com', '127.0.0.1'],
    ['page.evil.com', 'localhost'],
    ['localhost', '127.0.0.1'],
    // Where browsers do not say whose page asks.
    ['page.evil.com', 'emulator.evil.com'],
  ])('of %s does nothing at %s', async (pageHost, emulatorHost) => {
    expect(await called(pageHost, emulatorHost)).toEqual(['nothing', 'opaque', 'opaque', 'nothing', 'nothing']);
    expect(emulator.journal.entries()).toEqual([]);
    expect(emulator.hints().map(({ code }) => code)).toContain('page-refused');
  });

  it('that has let its own name point to the emulator does nothing, disguised or not', async () => {
    // One address that first sends the page and then is the emulator, as the name would lead to one and then the other.
    const rebound = createServer((incoming, outgoing) => {
      if (incoming.url === '/page') {
        outgoing.setHeader('Content-Type', 'text/html').end('<title>page</title>');
        return;
      }
      const { method, url: path, headers } = incoming;
      const onward = request({ port: server.port, host: '127.0.0.1', method, path, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => rebound.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      rebound.closeAllConnections();
      rebound.close();
    });
    await browser.page.goto(`http://rebound.evil.com:${portOf(rebound)}/page`);
    const statuses = await browser.page.evaluate(async () => {
      const disguise = { 'User-Agent': 'node', 'Accept-Language': '*' };
      const of = (init: RequestInit): Promise<number> => fetch('/queues', init).then((reply) => reply.status);
      return [
        await of({}),
        await of({ referrerPolicy: 'no-referrer', headers: disguise }),
        await of({ method: 'POST', body: 'x' }),
        await of({ method: 'PUT', body: 'x', headers: { Authorization: 'MNS emuKey:x' } }),
      ];
    });
    expect(statuses).toEqual([403, 403, 403, 403]);
    expect(emulator.journal.entries()).toEqual([]);
  });

  it('of an origin that is named may call, and read', async () => {
    const [get, , , put] = await called('named.evil.com', '127.0.0.1');
    expect([get, put]).toEqual(['400', '400']);
    expect(emulator.hints()).not.toContainEqual(
      expect.objectContaining({ subject: `page of http://named.evil.com:${portOf(pages)}` }),
    );
  });
});
