import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_REPLY_BYTES, MAX_REPLY_DEPTH } from '../../imm/replies/reply-members.js';
import { readReply } from '../../imm/test-support/imm-fixture.js';
import { rpcRequest } from '../../imm/test-support/rpc-request.js';
import { adminClient, type AdminClient } from '../test-support/admin-client.js';

let admin: AdminClient;

beforeEach(async () => {
  admin = await adminClient();
});

const FACES = '/replies/2020-09-30/DetectImageFaces';
const refused = (status: number, code: string, more: object = {}): object =>
  expect.objectContaining({ status, body: { error: expect.objectContaining({ code, ...more }) } });

const call = async (): Promise<Readonly<Record<string, unknown>>> => {
  const { accessKeyId: AccessKeyId, accessKeySecret } = admin.emulator;
  const parameters = { Action: 'DetectImageFaces', Version: '2020-09-30', AccessKeyId };
  const request = rpcRequest(parameters, admin.clock.now(), { accessKeySecret });
  return readReply(await admin.emulator.handle(request)).members;
};

const nested = (levels: number): object => (levels === 1 ? { a: 1 } : { a: nested(levels - 1) });

describe('replies', () => {
  it('are set, given, listed with how often, replaced and removed', async () => {
    expect((await admin.get('/replies')).body).toEqual({ items: [] });
    const which = { apiVersion: '2020-09-30', action: 'DetectImageFaces' };
    const reply = { reply: { Faces: [{ Age: 30 }], Nothing: null } };
    expect(await admin.put(FACES, { reply })).toMatchObject({
      status: 200,
      body: { ...which, reply, answeredCount: 0 },
    });
    expect(await call()).toEqual({ RequestId: expect.any(String), ...reply.reply });
    expect((await admin.get('/replies')).body).toEqual({ items: [{ ...which, reply, answeredCount: 1 }] });
    const refuse = { code: 'ResourceNotFound', status: 404, message: 'nothing', retryAfterMs: 5 };
    await admin.put(FACES, { reply: { refuse } });
    expect(await call()).toMatchObject({ Code: 'ResourceNotFound', Message: 'nothing' });
    expect((await admin.remove(FACES)).body).toEqual({ ...which, reply: { refuse }, answeredCount: 1 });
    expect(await call()).toMatchObject({ Code: 'InvalidAction.NotFound' });
    expect(await admin.remove(FACES)).toEqual(refused(404, 'RESOURCE_NOT_FOUND'));
  });

  it('are cleared at once, and each act is in the journal', async () => {
    await admin.put(FACES, { reply: { reply: {} } });
    await admin.put('/replies/2017-09-06/GetWebofficeURL', { reply: { reply: {} } });
    await admin.put('/replies/2017-09-06/GetMediaMeta', { reply: { reply: {} } });
    await admin.remove('/replies/2017-09-06/GetMediaMeta');
    expect((await admin.remove('/replies')).body).toEqual({ count: 2 });
    expect(admin.emulator.replies.list()).toEqual([]);
    const acts = admin.emulator.journal.entries('operated');
    expect(acts.map(({ operation, apiVersion, action, count }) => [operation, apiVersion, action ?? count])).toEqual([
      ['set-reply', '2020-09-30', 'DetectImageFaces'],
      ['set-reply', '2017-09-06', 'GetWebofficeURL'],
      ['set-reply', '2017-09-06', 'GetMediaMeta'],
      ['remove-reply', '2017-09-06', 'GetMediaMeta'],
      ['remove-reply', undefined, 2],
    ]);
  });

  it('of the options are there, too, functions without what they say, and come back with a reset', async () => {
    admin = await adminClient({
      imm: { replies: { '2020-09-30': { DetectImageFaces: () => ({ reply: {} }), GetStory: { reply: {} } } } },
    });
    const given = [
      { action: 'DetectImageFaces', answeredCount: 0 },
      { action: 'GetStory', reply: { reply: {} } },
    ];
    expect((await admin.get('/replies')).body).toMatchObject({ items: given });
    expect((await admin.remove(FACES)).body).not.toHaveProperty('reply');
    expect((await admin.get('/replies')).body).toMatchObject({ items: [{ action: 'GetStory' }] });
    await admin.post('/reset');
    expect((await admin.get('/replies')).body).toMatchObject({ items: given });
  });

  it.each<[path: string, body: unknown, more: object]>([
    [FACES, undefined, { path: ['reply'] }],
    [FACES, { reply: 'x' }, { path: ['reply'], received: 'the text "x"' }],
    [FACES, { reply: {} }, { path: ['reply'], expected: 'either reply or refuse' }],
    [FACES, { reply: { reply: {}, refuse: { code: 'X' } } }, { path: ['reply'], expected: 'either reply or refuse' }],
    [FACES, { reply: { reply: { 'a b': 1 } } }, { path: ['reply', 'reply', 'a b'] }],
    [FACES, { reply: { reply: nested(MAX_REPLY_DEPTH + 1) } }, { path: ['reply', 'reply'] }],
    [FACES, { reply: { reply: { a: 'x'.repeat(MAX_REPLY_BYTES) } } }, { path: ['reply', 'reply'] }],
    [FACES, { reply: { refuse: { code: 'X', status: 302 } } }, { path: ['reply', 'refuse', 'status'] }],
    [FACES, { reply: { decide: 'x' } }, { path: ['reply', 'decide'], expected: 'no such member' }],
    ['/replies/2020-09-30/GetTask', { reply: { reply: {} } }, { path: ['reply', 'overrides'], received: 'nothing' }],
    ['/replies/2020-09-30/Getstory', { reply: { reply: {} } }, { path: ['action'], received: 'the text "Getstory"' }],
    ['/replies/2020-09-30/detect', { reply: { reply: {} } }, { path: ['action'] }],
    ['/replies/2019-01-01/DetectImageFaces', { reply: { reply: {} } }, { path: ['apiVersion'] }],
  ])('are refused, and nothing is set: PUT %s %j', async (path, body, more) => {
    expect(await admin.put(path, body)).toEqual(refused(400, 'INVALID_ARGUMENT', more));
    expect(admin.emulator.replies.list()).toEqual([]);
    expect(admin.emulator.journal.entries('operated')).toEqual([]);
  });

  it('survive a snapshot and its restore, what was removed as well', async () => {
    const options = { imm: { replies: { '2020-09-30': { GetStory: { reply: {} } } } } } as const;
    admin = await adminClient(options);
    await admin.put(FACES, { reply: { reply: { Faces: [] } } });
    await admin.remove('/replies/2020-09-30/GetStory');
    const { body } = await admin.get('/snapshot');
    expect(body['replies']).toEqual({
      '2020-09-30': { DetectImageFaces: { reply: { Faces: [] } }, GetStory: { removed: true } },
    });
    const listed = admin.emulator.replies.list();
    admin = await adminClient(options);
    await admin.post('/restore', body);
    expect(admin.emulator.replies.list()).toEqual(listed);
    expect((await admin.get('/snapshot')).body['replies']).toEqual(body['replies']);
  });
});
