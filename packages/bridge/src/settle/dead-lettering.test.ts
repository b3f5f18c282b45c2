import { describe, expect, it } from 'vitest';
import { refusing, sdkRefusal, type Script } from '../test-support/scripted-transport.js';
import { NO_JSON, deleted, deliveryOf, letter, settlerRoom } from '../test-support/settler-room.js';

describe('A settler that dead-letters', () => {
  const byMethod =
    (replies: Readonly<Record<string, Script>>): Script =>
    (call) =>
      (replies[call.method] ?? expect.fail(`nobody expected ${call.method}`))(call);

  it('dead-letters: copies body, priority and properties, then deletes, then says so', async () => {
    const { clock, hold, settler, statuses, transport } = settlerRoom(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: () => {
          expect(statuses).toEqual([]);
          return { code: 204, headers: {} };
        },
      }),
    );
    const userProperties = [{ name: 'case', value: '4<2', type: 'NUMBER' }];
    const copied = deliveryOf('1', { body: '<&>\r智能', priority: 3, userProperties });
    settler.deadLetter(hold(copied), letter());
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ method, resource }) => `${method} ${resource}`)).toEqual([
      'POST /queues/dead/messages',
      'DELETE /queues/q/messages',
    ]);
    expect(transport.calls[0]?.body).toContain(
      '<MessageBody>&lt;&amp;&gt;&#13;智能</MessageBody><Priority>3</Priority><UserProperties><PropertyValue>' +
        '<Name>case</Name><Value>4&lt;2</Value><Type>NUMBER</Type></PropertyValue>' +
        '<PropertyValue><Name>mnsbus.reason</Name><Value>EVENT_MALFORMED: no JSON</Value><Type>STRING</Type></PropertyValue>',
    );
    expect(statuses).toEqual([
      { type: 'dead-lettered', messageId: '1', deadLetterQueue: 'dead', cause: 'listener', error: NO_JSON },
    ]);
  });

  it('does not delete what it could not dead-letter, but gives it back for a while', async () => {
    const { clock, hold, settler, statuses, transport, settled } = settlerRoom(
      byMethod({
        POST: refusing('QueueNotExist', 404),
        PUT: () => ({ code: 200, headers: {}, body: { ReceiptHandle: 'new' } }),
      }),
    );
    settler.deadLetter(hold('1'), letter());
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ method }) => method)).toEqual(['POST', 'PUT']);
    expect(settled).toEqual({ 1: 'retried' });
    expect(statuses).toMatchObject([
      { type: 'settle-failed', messageId: '1', error: { mnsCode: 'QueueNotExist' } },
      { type: 'released', messageId: '1', visibleInSeconds: 9 },
    ]);
  });

  it('does not call dead-lettered what it copied but could not delete', async () => {
    const { clock, hold, settler, statuses, settled } = settlerRoom(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: refusing('InternalError', 500),
      }),
    );
    settler.deadLetter(hold('1'), letter());
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([{ type: 'settle-failed', error: { mnsCode: 'InternalError' } }]);
    expect(settled).toEqual({ 1: 'released' });
  });

  it('copies a message once, however often its delete fails', async () => {
    let isRefused = true;
    const { clock, hold, settler, transport, settled } = settlerRoom(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: (call) => (isRefused ? refusing('AccessDenied', 403)(call) : deleted(call)),
      }),
    );
    const given = letter();
    for (let delivery = 0; delivery < 3; delivery += 1) {
      isRefused = delivery < 2;
      settler.deadLetter(hold('1'), given);
      await clock.runUntil(settler.flush());
    }
    expect(transport.calls.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'DELETE', 'DELETE']);
    expect(settled).toEqual({ 1: 'deadLettered' });
  });

  it('copies a message that was damaged on its way once more when it has come whole', async () => {
    const { clock, hold, settler, transport } = settlerRoom(
      byMethod({ POST: () => ({ code: 201, headers: {} }), DELETE: refusing('AccessDenied', 403) }),
    );
    const given = letter();
    for (const body of ['dam@ged', 'whole', 'whole']) {
      settler.deadLetter(hold(deliveryOf('1', { body })), given);
      await clock.runUntil(settler.flush());
    }
    const copies = transport.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(copies).toEqual([expect.stringContaining('>dam@ged<'), expect.stringContaining('>whole<')]);
  });

  it.each([
    ['for what it is', 'InvalidArgument', 400, undefined],
    ['for want of a permission', 'AccessDenied', 403, 'kept'],
    ['in passing', 'QpsLimitExceeded', 400, 'kept'],
  ])('has the listeners called again only for a message that is refused %s', async (_, code, status, kept) => {
    const { clock, hold, settler, settled } = settlerRoom(
      byMethod({
        POST: refusing(code, status),
        PUT: () => ({ code: 200, headers: {}, body: { ReceiptHandle: 'new' } }),
      }),
    );
    const givenUp = { error: NO_JSON, cause: 'listener' } as const;
    const given = { ...letter(), known: { copiedMD5: undefined, givenUp } };
    settler.deadLetter(hold('1'), given);
    await clock.runUntil(settler.flush());
    expect(settled).toEqual({ 1: 'retried' });
    expect(given.known).toEqual({ copiedMD5: undefined, givenUp: kept === undefined ? undefined : givenUp });
  });

  it('dead-letters without the reason where properties are refused', async () => {
    const { clock, hold, settler, transport, settled } = settlerRoom(
      byMethod({
        POST: ({ body }) => {
          if (body.includes('UserProperties')) throw sdkRefusal('MalformedXML', 400);
          return { code: 201, headers: {} };
        },
        DELETE: deleted,
      }),
    );
    settler.deadLetter(hold('1'), letter());
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
    expect(settled).toEqual({ 1: 'deadLettered' });
  });
});
