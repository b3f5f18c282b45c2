import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../config/config-file.js';
import { emulatorOptions } from '../../config/emulator-options.js';
import { createEmulator } from '../../emulator.js';
import type { Hint } from '../../runtime/hints/hint.js';
import { MAX_REPLY_BYTES, MAX_REPLY_DEPTH, membersProblem } from './reply-members.js';
import { MAX_REPLIES, MAX_REPLIES_BYTES } from './replies.js';

const nested = (levels: number): object => (levels === 1 ? { a: 1 } : { a: nested(levels - 1) });
const endless: Record<string, unknown> = {};
endless['a'] = [endless, endless];

/** A reply whose JSON has just so many bytes. */
const sized = (bytes: number): object => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });

const given = (replies: unknown) => () => createEmulator({ imm: { replies: replies as never } }).close();
const current = (action: string, reply: unknown) => given({ '2020-09-30': { [action]: reply } });

describe('options that cannot be meant', () => {
  it.each<[attempt: () => void, message: string]>([
    [given('all'), 'imm.replies: expected replies by API version, received the text "all"'],
    [given({ '2020-9-30': {} }), 'imm.replies: expected one of 2017-09-06, 2020-09-30, received the text "2020-9-30"'],
    [given({ '2020-09-30': [] }), 'imm.replies.2020-09-30: expected replies by action, received a list of 0'],
    [
      current('Detect Faces', { reply: {} }),
      'imm.replies.2020-09-30.Detect Faces: expected the exact name of an action',
    ],
    [current('detectImageFaces', { reply: {} }), 'imm.replies.2020-09-30.detectImageFaces: expected the exact name'],
    [current('DetectImagefaces', { reply: {} }), 'expected DetectImageFaces, in just this spelling'],
    [
      current('CreateProject', { reply: {} }),
      'imm.replies.2020-09-30.CreateProject.overrides: expected true, because this action is emulated',
    ],
    [
      current('CreateProject', () => undefined),
      'imm.replies.2020-09-30.CreateProject.overrides: expected true, because this action is emulated',
    ],
    [current('DetectImageFaces', 1), 'expected an object with reply or refuse, received the number 1'],
    [current('DetectImageFaces', { faces: [] }), '.DetectImageFaces.faces: expected no such member'],
    [
      current('DetectImageFaces', { decide: 1 }),
      '.DetectImageFaces.decide: expected a function, received the number 1',
    ],
    [current('DetectImageFaces', { decide: () => {}, reply: {} }), '.reply: expected nothing beside decide'],
    [current('DetectImageFaces', { reply: {}, overrides: false }), '.overrides: '],
    [current('DetectImageFaces', { reply: { a: 1n } }), '.reply.a: expected a JSON value, received the bigint 1'],
    [current('DetectImageFaces', { reply: { a: [undefined] } }), '.reply.a.0: expected a JSON value, received nothing'],
    [current('DetectImageFaces', { reply: nested(MAX_REPLY_DEPTH + 1) }), `at most ${MAX_REPLY_DEPTH} levels`],
    [current('DetectImageFaces', { reply: endless }), `at most ${MAX_REPLY_DEPTH} levels of objects and lists`],
    [current('DetectImageFaces', { reply: sized(MAX_REPLY_BYTES + 1) }), `at most ${MAX_REPLY_BYTES} bytes of JSON`],
    [
      current('DetectImageFaces', { refuse: { code: 'a\u0000' } }),
      '.refuse.code: expected characters that XML can carry',
    ],
  ])('are refused with their place: %#', (attempt, message) => {
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('are no longer refused at their limits', () => {
    expect(membersProblem(nested(MAX_REPLY_DEPTH))).toBeUndefined();
    expect(membersProblem(sized(MAX_REPLY_BYTES))).toBeUndefined();
    expect(membersProblem({ a: '智'.repeat(MAX_REPLY_BYTES / 3) })?.expected).toContain('bytes');
  });

  it('change nothing when they come later', () => {
    const { replies } = createEmulator();
    replies.set('2020-09-30', 'DetectImageFaces', { reply: {} });
    const before = replies.list();
    expect(() => replies.set('2020-09-30', 'DetectImageFaces', { reply: [] })).toThrow(/as an object/);
    expect(() => replies.set('2020-09-30', 'GetTask', { reply: {} })).toThrow(/overrides: expected true/);
    expect(() => replies.remove('2020' as never, 'GetTask')).toThrow(/one of 2017-09-06/);
    expect(replies.list()).toEqual(before);
  });
});

describe('how much is kept', () => {
  it(`is at most ${MAX_REPLIES} replies, of which one takes the place of another`, () => {
    const { replies } = createEmulator();
    for (let index = 0; index < MAX_REPLIES; index += 1) replies.set('2020-09-30', `New${index}`, { reply: {} });
    expect(() => replies.set('2017-09-06', 'OneMore', { reply: {} })).toThrow(`at most ${MAX_REPLIES} of them`);
    replies.set('2020-09-30', 'New7', { reply: { a: 1 } });
    expect(replies.list()).toHaveLength(MAX_REPLIES);
  });

  it(`is at most ${MAX_REPLIES_BYTES} bytes of JSON in all, in a snapshot as well`, () => {
    const emulator = createEmulator();
    const large = { reply: sized(MAX_REPLY_BYTES) };
    const most = Math.floor(MAX_REPLIES_BYTES / JSON.stringify(large).length);
    for (let index = 0; index < most; index += 1) emulator.replies.set('2020-09-30', `New${index}`, large);
    expect(() => emulator.replies.set('2020-09-30', 'OneMore', large)).toThrow('bytes of JSON');
    const snapshot = JSON.parse(JSON.stringify(emulator.snapshot()));
    emulator.restore(snapshot);
    snapshot.replies['2020-09-30']['OneMore'] = large;
    expect(() => emulator.restore(snapshot)).toThrow('bytes of JSON');
    expect(emulator.replies.list()).toHaveLength(most);
  });
});

describe('a snapshot', () => {
  it.each<[replies: unknown, path: string]>([
    [[], 'snapshot.replies'],
    [{ '2019-01-01': {} }, 'snapshot.replies'],
    [{ '2020-09-30': { 'a b': { reply: {} } } }, 'snapshot.replies.2020-09-30.a b'],
    [{ '2020-09-30': { GetStory: { reply: 5 } } }, 'snapshot.replies.2020-09-30.GetStory'],
    [{ '2020-09-30': { GetStory: { removed: false } } }, 'snapshot.replies.2020-09-30.GetStory'],
    [{ '2020-09-30': { GetStory: { removed: true, reply: {} } } }, 'snapshot.replies.2020-09-30.GetStory'],
  ])('with replies such as %j is refused with the place, and nothing has changed', (replies, path) => {
    const emulator = createEmulator();
    emulator.replies.set('2020-09-30', 'GetStory', { reply: {} });
    const before = emulator.snapshot();
    expect(() => emulator.restore({ ...before, replies })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`${path}: `) }),
    );
    expect(emulator.snapshot()).toEqual(before);
  });

  it('of an emulator that did not emulate an action yet still answers it', () => {
    const emulator = createEmulator();
    const { format, version } = emulator.snapshot();
    emulator.restore({ format, version, replies: { '2020-09-30': { GetTask: { reply: { Status: 'Odd' } } } } });
    expect(emulator.replies.list()).toMatchObject([{ action: 'GetTask', reply: { reply: { Status: 'Odd' } } }]);
  });
});

describe('a config file', () => {
  const text = (entry: string): string => `imm:\n  replies:\n    2020-09-30:\n      ${entry}\n`;

  it('says replies and refusals in YAML', () => {
    const { config } = parseConfig(text('DetectImageFaces: { reply: { Faces: [{ Age: 30 }] } }'), 'c.yaml');
    const emulator = createEmulator(emulatorOptions(config));
    expect(emulator.replies.list()).toMatchObject([
      { action: 'DetectImageFaces', reply: { reply: { Faces: [{ Age: 30 }] } } },
    ]);
    emulator.close();
  });

  it('goes with tasks and their rules', () => {
    const tasks = 'tasks:\n  rules: [{ sourcePattern: a, hold: true }]\n';
    const { config } = parseConfig(`${tasks}${text('GetStory: { refuse: { code: X } }')}`, 'c.yaml');
    expect(emulatorOptions(config).imm).toMatchObject({
      rules: [{ sourceUri: /a/, hold: true }],
      replies: { '2020-09-30': { GetStory: { refuse: { code: 'X' } } } },
    });
  });

  it.each<[entry: string, problem: string]>([
    [
      'DetectImageFaces: []',
      'c.yaml:4:25: imm.replies.2020-09-30.DetectImageFaces: expected an object with reply or refuse',
    ],
    ['DetectImageFaces: {}', 'imm.replies.2020-09-30.DetectImageFaces: expected either reply or refuse'],
    ['DetectImageFaces: { replay: {} }', 'DetectImageFaces.replay: unknown key; did you mean "reply"?'],
    ['DetectImageFaces: { reply: { "a b": 1 } }', 'DetectImageFaces.reply.a b: expected a name that XML allows'],
    ['DetectImageFaces: { reply: { a: .nan } }', 'DetectImageFaces.reply.a: expected a JSON value'],
    ['DetectImageFaces: { refuse: { code: X, status: 200 } }', 'refuse.status: expected a number from 400'],
    ['GetTask: { reply: {} }', 'c.yaml:4:16: imm.replies.2020-09-30.GetTask.overrides: expected true, because'],
    ['DetectImagefaces: { reply: {} }', 'DetectImagefaces: expected DetectImageFaces, in just this spelling'],
    [
      'detect: { reply: {} }',
      'c.yaml:4:7: imm.replies.2020-09-30.detect: expected the exact name of an action, such as DetectImageFaces',
    ],
  ])('is refused at its place: %s', (entry, problem) => {
    expect(() => parseConfig(text(entry), 'c.yaml')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(problem) }),
    );
  });
});

describe('names that nobody here has heard of', () => {
  const hintsOf = (replies: object): readonly Hint[] => {
    const told: Hint[] = [];
    createEmulator({ imm: { replies }, onHint: (hint) => told.push(hint) }).close();
    return told;
  };

  it.each([
    ['DetectImageFace', 'Did you mean DetectImageFaces?'],
    ['GetWebofficeURL', 'It is one of 2017-09-06: is this the right version?'],
    ['Zzz', 'Check its spelling'],
  ])('are answered, and a hint says of %s what may be meant', (action, advice) => {
    expect(hintsOf({ '2020-09-30': { [action]: { reply: {} } } })).toMatchObject([
      {
        code: 'unknown-action-scripted',
        subject: `reply of ${action} of IMM 2020-09-30`,
        advice: expect.stringContaining(advice),
      },
    ]);
  });

  it('get no hint when they are known', () => {
    expect(
      hintsOf({ '2020-09-30': { DetectImageFaces: { reply: {} }, GetTask: { reply: {}, overrides: true } } }),
    ).toEqual([]);
  });
});
