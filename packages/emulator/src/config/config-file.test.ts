import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it } from '@fast-check/vitest';
import { describe, expect, onTestFinished } from 'vitest';
import { ConfigError } from './config-error.js';
import { parseConfig, readConfigFile } from './config-file.js';

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, 'c.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a config file', () => {
  it('may be empty, be YAML, or be JSON, and means the same in both', () => {
    const config = { region: 'cn-hangzhou', queues: [{ name: 'q', delaySeconds: 5 }] };
    expect(parseConfig('', 'c').config).toEqual({});
    expect(parseConfig('# nothing\n', 'c').config).toEqual({});
    expect(parseConfig('region: cn-hangzhou\nqueues:\n  - name: q\n    delaySeconds: 5\n', 'c').config).toEqual(config);
    expect(parseConfig(JSON.stringify(config, undefined, '\t'), 'c').config).toEqual(config);
    expect(parseConfig(`\uFEFF${JSON.stringify(config)}\r\n`, 'c').config).toEqual(config);
  });

  it('may use anchors and merge keys', () => {
    const text = 'queues:\n  - &usual\n    name: a\n    delaySeconds: 3\n  - <<: *usual\n    name: b\n';
    expect(parseConfig(text, 'c').config.queues).toEqual([
      { name: 'a', delaySeconds: 3 },
      { name: 'b', delaySeconds: 3 },
    ]);
  });

  it.each<[text: string, problem: string]>([
    ['quues: []', 'c.yaml:1:1: quues: unknown key; did you mean "queues"?'],
    ['Queues: []', 'c.yaml:1:1: Queues: unknown key; did you mean "queues"?'],
    [
      'server:\n  zzzzzzzz: 1',
      'c.yaml:2:3: server.zzzzzzzz: unknown key; known here are port, host, tls, tlsDir, cors',
    ],
    [
      'queues:\n  - name: q\n    visibilityTimeoutSecond: 3',
      'c.yaml:3:5: queues[0].visibilityTimeoutSecond: unknown key; did you mean "visibilityTimeoutSeconds"?',
    ],
    [
      '{"queues": [{"name": "q", "delaySeconds": -1}]}',
      'c.yaml:1:43: queues[0].delaySeconds: expected a whole number from 0 to 604800 seconds, received the number -1',
    ],
    ['queues: {}', 'c.yaml:1:9: queues: expected a list, received a value of type object'],
    [
      'queues:\n  - delaySeconds: 1',
      'c.yaml:2:5: queues[0].name: expected a name, in quotes if it looks like a number, received nothing',
    ],
    [
      'queues:\n  - name: 5',
      'c.yaml:2:11: queues[0].name: expected a name, in quotes if it looks like a number, received the number 5',
    ],
    [
      'queues:\n  - name: a_b',
      'c.yaml:2:11: queues[0].name: expected 1 to 120 letters, digits and hyphens, no hyphen first, received the text "a_b"',
    ],
    ['server:\n  port: 70000', 'c.yaml:2:9: server.port: expected a number up to 65535, received the number 70000'],
    ['server:\n  host: ""', 'c.yaml:2:9: server.host: expected at least 1 characters, received the text ""'],
    ['server: [1]', 'c.yaml:1:9: server: expected a map of keys and values, received a list of 1'],
    ['mns: {shuffle: 1}', 'c.yaml:1:16: mns.shuffle: expected true or false, received the number 1'],
    [
      'limits: {maxLongPolls: -1}',
      'c.yaml:1:24: limits.maxLongPolls: expected a number from 0, received the number -1',
    ],
    ['accounts: []', 'c.yaml:1:11: accounts: expected at least 1 in the list, received a list of 0'],
    [
      'accounts:\n  - accountId: 1000000000000001\n    accessKeys: [{accessKeyId: a, accessKeySecret: b}]',
      'c.yaml:2:16: accounts[0].accountId: expected digits in quotes, such as "1000000000000001", received the number 1000000000000001',
    ],
    [
      'accounts:\n  - accountId: "1"\n    accessKeys: [{accessKeyId: a, accessKeySecret: b}, {accessKeyId: a, accessKeySecret: c}]',
      'c.yaml:3:70: accounts[0].accessKeys[1].accessKeyId: expected each accessKeyId once, received the text "a"',
    ],
    [
      'accounts:\n  - accountId: "1"\n    accessKeys: [{accessKeyId: a, accessKeySecret: b, inactive: true}]',
      'c.yaml:3:17: accounts[0].accessKeys: expected a key of the first account that is not switched off',
    ],
    [
      'topics:\n  - name: t\n    subscriptions:\n      - {name: s, queue: q, endpoint: "http://a.test"}',
      'c.yaml:4:9: topics[0].subscriptions[0]: expected either queue or endpoint',
    ],
    [
      'topics:\n  - name: t\n    subscriptions:\n      - {name: s, endpoint: "ftp://a"}',
      'c.yaml:4:29: topics[0].subscriptions[0].endpoint: expected acs:mns:{region}:{account}:queues/{queue}, http://…, mail:directmail:…, sms:directsms:…, sms:dayu:… or push:…, received the text "ftp://a"',
    ],
    [
      'topics:\n  - name: t\n    subscriptions:\n      - {name: s, queue: q, notifyContentFormat: json}',
      'c.yaml:4:50: topics[0].subscriptions[0].notifyContentFormat: expected JSON, XML or SIMPLIFIED, received the text "json"',
    ],
    ['tasks: {durationMs: -4}', 'c.yaml:1:21: tasks.durationMs: expected milliseconds from 0, received the number -4'],
    [
      'tasks: {durationMs: true}',
      'c.yaml:1:21: tasks.durationMs: expected milliseconds from 0, or a distribution with its kind, received the boolean true',
    ],
    [
      'tasks: {durationMs: {kind: uniform, leastMs: 5, mostMs: 3}}',
      'c.yaml:1:57: tasks.durationMs.mostMs: expected leastMs or more, received the number 3',
    ],
    [
      'tasks: {durationMs: {kind: normal}}',
      'c.yaml:1:28: tasks.durationMs.kind: expected kind fixed, uniform, exponential, lognormal or list, received the text "normal"',
    ],
    [
      'tasks:\n  durationMsByType:\n    GrabFrameTask: {kind: fixed, mss: 1, ms: 1}',
      'c.yaml:3:34: tasks.durationMsByType.GrabFrameTask.mss: unknown key; did you mean "ms"?',
    ],
    ['tasks: {rules: [{fail: {code: X}}]}', 'c.yaml:1:17: tasks.rules[0]: expected either sourceUri or sourcePattern'],
    [
      'tasks: {rules: [{sourcePattern: "("}]}',
      'c.yaml:1:33: tasks.rules[0].sourcePattern: expected a regular expression, received the text "("',
    ],
    [
      'tasks: {events: {lossProbability: 2}}',
      'c.yaml:1:35: tasks.events.lossProbability: expected a number up to 1, received the number 2',
    ],
    [
      'clock: {mode: frozen, offsetMs: 5}',
      'c.yaml:1:33: clock.offsetMs: expected only with mode offset, received the number 5',
    ],
    ['clock: {mode: frozn}', 'c.yaml:1:15: clock.mode: expected real, offset or frozen, received the text "frozn"'],
    [
      'clock: {time: 2030-01-01T00:00:00Z}',
      'c.yaml:1:8: clock.mode: expected real, offset or frozen, received nothing',
    ],
    [
      'clock: {mode: real, time: 2030-01-01T00:00:00Z}',
      'c.yaml:1:27: clock.time: expected only with mode offset or frozen, and without offsetMs, received the text "2030-01-01T00:00:00Z"',
    ],
    [
      'clock: {mode: offset, time: 2030-01-01T00:00:00Z, offsetMs: 1}',
      'c.yaml:1:29: clock.time: expected only with mode offset or frozen, and without offsetMs',
    ],
    [
      'clock: {mode: frozen, time: 2030-01-01}',
      'c.yaml:1:29: clock.time: expected a time with its zone, such as 2030-01-01T00:00:00Z, received the text "2030-01-01"',
    ],
    ['dataDir: ""', 'c.yaml:1:10: dataDir: expected at least 1 characters, received the text ""'],
    ['admin: {token: short}', 'c.yaml:1:16: admin.token: expected at least 16 characters'],
    ['admin: {token: "correct horse battery"}', 'c.yaml:1:16: admin.token: expected visible ASCII characters'],
    ['admin: {hosts: ["http://a"]}', 'c.yaml:1:17: admin.hosts[0]: expected a host name without scheme and port'],
    ['admin: false', 'c.yaml:1:8: admin: expected a map of keys and values, received the boolean false'],
    ['faults: [{kind: delay}]', 'c.yaml:1:10: faults[0].delayMs: expected a number, received nothing'],
    [
      'faults: [{kind: dely, delayMs: 1}]',
      'c.yaml:1:17: faults[0].kind: expected refuse, throttle, server-error, delay, ',
    ],
    ['faults: [{kind: delay, delayMs: 1, tims: 2}]', 'c.yaml:1:36: faults[0].tims: unknown key; did you mean "times"?'],
    [
      'faults: [{kind: no-event, match: {queue: q}}]',
      'c.yaml:1:35: faults[0].match.queue: unknown key; known here are accountId, region, ',
    ],
    [
      'faults: [{kind: no-event, name: a}, {kind: hold-task, name: a}]',
      'c.yaml:1:61: faults[1].name: expected each name once, received the text "a"',
    ],
    [
      'projects:\n  - {name: p, apiVersions: [2017]}',
      'c.yaml:2:29: projects[0].apiVersions[0]: expected 2017-09-06 or 2020-09-30, received the number 2017',
    ],
    ['[]', 'c.yaml:1:1: expected a map of keys and values, received a list of 0'],
    ['__proto__: {}', 'c.yaml:1:1: __proto__: unknown key; known here are server'],
    // What is no YAML, or has no meaning.
    ['a: [1', 'c.yaml:1:6: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['region: a\nregion: b', 'c.yaml:2:1: Map keys must be unique'],
    ['region: *nowhere', 'c.yaml: Unresolved alias'],
    ['region: !!set x', 'c.yaml:1:9: '],
    ['---\n{}\n---\n{}', 'c.yaml:3:1: Source contains multiple documents'],
  ])('that says %j is refused where it stands', (text, problem) => {
    expect(problemsOf(text)[0]).toContain(problem);
  });

  it('names every problem, in the order of the file', () => {
    const text = 'mns: {stripes: 17}\nquues: []\nserver: {port: x, hots: y}\n';
    expect(problemsOf(text).map((line) => line.split(': ', 2).join(': '))).toEqual([
      'c.yaml:1:16: mns.stripes',
      'c.yaml:2:1: quues',
      'c.yaml:3:16: server.port',
      'c.yaml:3:19: server.hots',
    ]);
  });

  it('never shows a secret, not even one that is wrong', () => {
    const text = 'accounts:\n  - accountId: "1"\n    accessKeys: [{accessKeyId: a, accessKeySecret: 987654}]';
    expect(problemsOf(text)).toEqual([
      'c.yaml:3:52: accounts[0].accessKeys[0].accessKeySecret: expected a text, in quotes if it looks like a number',
    ]);
  });

  it('that grows without bounds by its aliases is refused', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
    expect(problemsOf(['a0: &a0 x', ...levels].join('\n'))[0]).toMatch(/^c\.yaml: Excessive alias count/);
  });

  it('that cannot be read is named with the reason', async () => {
    await expect(readConfigFile('no/such.yaml')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^no\/such\.yaml: cannot be read: ENOENT/),
    });
    const folder = await mkdtemp(join(tmpdir(), 'mns-config-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'c.json'), '{"region": "cn-shanghai"}');
    expect((await readConfigFile(join(folder, 'c.json'))).config).toEqual({ region: 'cn-shanghai' });
  });

  it('gives the place of what only proves wrong in use', () => {
    const file = parseConfig('queues:\n  - name: a\n  - name: a\n    delaySeconds: 1\n', 'c.yaml');
    expect(file.errorAt(['queues', 1], 'exists').message).toBe('c.yaml:3:5: queues[1]: exists');
  });

  it.prop([
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify(value)),
    ),
  ])('is taken or refused with a place in it, whatever it says', (text) => {
    const [first = 'c.yaml: '] = problemsOf(text);
    expect(first).toMatch(/^c\.yaml(?::[1-9]\d*:[1-9]\d*)?: /);
  });
});

it('never shows a token that is wrong', () => {
  for (const text of [
    'admin: {token: s3cret}',
    'admin: {token: "s3cret with blanks in it"}',
    'admin: {token: 5367373}',
  ]) {
    const said = problemsOf(text).join('\n');
    expect(said).toContain('c.yaml:1:16: admin.token: expected ');
    expect(said).not.toMatch(/s3cret|5367373/);
  }
});
