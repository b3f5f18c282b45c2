import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { SystemClock } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBridge } from '../bridge.js';
import { callerOf, transportOf } from '../test-support/mounts.js';
import { OWNER, createSigner, serve, service, type Captured } from '../test-support/push-room.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED } from '../test-support/room.js';
import { createPushHandler } from './push-handler.js';
import type { PushSink } from './push-sink.js';

const ACKING: PushSink = { deliver: async () => ({ type: 'ack' }) };

describe('The whole way of a push, over sockets', () => {
  it('from a task’s event to a listener of the bus, and back to the topic as 204', async () => {
    const clock = new SystemClock();
    const emulator = createEmulator({ clock, seed: 'pushes' });
    const listening = await listen(emulator);
    onTestFinished(() => listening.close());
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    const connection = { accountId, accessKeyId, accessKeySecret, endpoint: listening.endpoint };
    const bus = createBridge({ mns: connection });
    onTestFinished(() => bus.close());
    const handler = createPushHandler(bus, {
      topicOwner: accountId,
      certificatePrefixes: [`${listening.endpoint}/`],
    });
    const url = await serve(handler.node);
    const transport = transportOf(connection, clock);
    onTestFinished(() => transport.close());
    const mns = callerOf(transport);
    await bus.start();
    await mns({ method: 'PUT', resource: '/topics/t', body: '<Topic/>' });
    for (const format of ['JSON', 'XML', 'SIMPLIFIED']) {
      await mns({
        method: 'PUT',
        resource: `/topics/t/subscriptions/${format}`,
        body: `<Subscription><Endpoint>${url}hook</Endpoint><NotifyContentFormat>${format}</NotifyContentFormat></Subscription>`,
      });
    }
    const seen = new Promise<unknown[]>((resolve) => {
      const all: unknown[] = [];
      bus.on(CONVERTED, ({ data }, { delivery, timing }) => {
        expect(timing.lags.queueMs).toBeUndefined();
        all.push([data.taskId, delivery.source, delivery.queueName, delivery.deliveryCount]);
        if (all.length === 3) resolve(all);
      });
    });
    const body = `<Message><MessageBody>${eventText('t1').replaceAll('"', '&quot;')}</MessageBody></Message>`;
    await mns({ method: 'POST', resource: '/topics/t/messages', body });
    expect(await seen).toEqual(Array.from({ length: 3 }, () => ['t1', 'push', undefined, undefined]));
    await expect.poll(() => bus.health().pushes).toMatchObject({ received: 3, acked: 3, inFlight: 0 });
    handler.close();
  });

  it('refuses over a socket what it refuses over fetch, and answers before the body has come', async () => {
    const url = await serve(createPushHandler(ACKING, { topicOwner: OWNER }).node);
    const statusOf = (headers: Record<string, string | number>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest(url, { method: 'POST', headers }, (response) => {
          resolve(response.statusCode);
          response.resume();
          request.destroy();
        });
        request.on('error', reject);
        request.write('x');
      });
    expect(await statusOf({})).toBe(400);
    const { headers } = (await service).push({ sentAtMs: new SystemClock().now() });
    const { 'content-length': _, connection: __, ...rest } = headers;
    expect(await statusOf({ ...rest, 'content-length': 10 ** 9 })).toBe(413);
  });

  /** Sends a push over a connection; gives the status. */
  const post = async (url: string, { target, headers, body }: Captured, agent?: Agent): Promise<number | undefined> => {
    const { host: _, connection: __, ...rest } = headers;
    const request = httpRequest(new URL(target, url), { method: 'POST', headers: rest, agent });
    request.end(body);
    const [response]: IncomingMessage[] = await once(request, 'response');
    response?.resume();
    if (response !== undefined) await once(response, 'end');
    return response?.statusCode;
  };

  it.each([
    ['small enough to be thrown away', 'x'.repeat(1000), 1],
    ['not worth being read', 'x'.repeat(200_000), 2],
  ])(
    'serves a genuine push after a refused one whose body is %s, on the same connection or a new one',
    async (_, text, connections) => {
      const { pem, push } = await service;
      const options = { topicOwner: OWNER, fetchCertificate: async () => pem };
      const handler = createPushHandler(ACKING, options);
      let opened = 0;
      const url = await serve(handler.node, (server) => server.on('connection', () => (opened += 1)));
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      onTestFinished(() => agent.destroy());
      const sentAtMs = new SystemClock().now();
      const forged = (await createSigner()).push({ text, sentAtMs });
      expect(await post(url, forged, agent)).toBe(403);
      expect(await post(url, push({ sentAtMs }), agent)).toBe(204);
      expect(await post(url, push({ sentAtMs }), agent)).toBe(204);
      expect(opened).toBe(connections);
    },
  );

  it('says so when a body parser came first, and takes what a router has cut off its path', async () => {
    const { pem, push } = await service;
    const refusals: string[] = [];
    const options = { topicOwner: OWNER, fetchCertificate: async () => pem };
    const handler = createPushHandler(ACKING, { ...options, onRefused: ({ reason }) => void refusals.push(reason) });
    const sentAtMs = new SystemClock().now();
    const parsing = await serve((request, response) => {
      request.resume().once('end', () => handler.node(request, response));
    });
    expect(await post(parsing, push({ sentAtMs }))).toBe(500);
    expect(refusals).toEqual(['body-consumed']);
    const routed = await serve((request, response) => {
      handler.node(Object.assign(request, { originalUrl: request.url, url: '/' }), response);
    });
    expect(await post(routed, push({ sentAtMs }))).toBe(204);
  });

  it('tells the sink of a sender that hangs up, lives on, and answers nobody twice', async () => {
    const { pem, push } = await service;
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    process.on('unhandledRejection', onError);
    onTestFinished(() => void process.off('unhandledRejection', onError));
    const signals: AbortSignal[] = [];
    const hanging: PushSink = {
      deliver: (_message, signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    const handler = createPushHandler(hanging, { topicOwner: OWNER, fetchCertificate: async () => pem });
    const url = await serve(handler.node);
    const sentAtMs = new SystemClock().now();
    const { target, headers, body } = push({ sentAtMs });
    const { host: _, connection: __, ...rest } = headers;
    const request = httpRequest(new URL(target, url), { method: 'POST', headers: rest });
    request.on('error', () => {});
    request.end(body);
    await expect.poll(() => signals.length).toBe(1);
    request.destroy();
    await expect.poll(() => signals[0]?.aborted).toBe(true);

    const answered = await serve((incoming, response) => {
      response.writeHead(418).end();
      handler.node(incoming, response);
    });
    expect(await post(answered, push({ sentAtMs }))).toBe(418);
    const gone = await serve((incoming, response) => {
      incoming.socket.destroy();
      response.once('close', () => handler.node(incoming, response));
    });
    await expect(post(gone, push({ sentAtMs }))).rejects.toThrow(/socket hang up|ECONNRESET/);
    const acking = createPushHandler(ACKING, { topicOwner: OWNER, fetchCertificate: async () => pem });
    expect(await post(await serve(acking.node), push({ sentAtMs }))).toBe(204);
    expect(errors).toEqual([]);
  });
});
