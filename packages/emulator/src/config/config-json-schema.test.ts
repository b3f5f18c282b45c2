import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { parseConfig } from './config-file.js';
import { configJsonSchema, knownKeys } from './config-json-schema.js';
import { configTemplate } from './config-template.js';
import { emulatorOptions } from './emulator-options.js';

const shipped = new URL('../../mns-emulator.schema.json', import.meta.url);

describe('the JSON Schema of config files', () => {
  it('is shipped as the code has it (else: node scripts/print-config-schema.mjs)', () => {
    expect(JSON.parse(readFileSync(shipped, 'utf8'))).toEqual(configJsonSchema());
  });

  it('is exported and packed', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest.exports['./mns-emulator.schema.json']).toBe('./mns-emulator.schema.json');
    expect(manifest.files).toContain('mns-emulator.schema.json');
  });

  it('knows the keys of every place, through lists, choices and free names', () => {
    expect(knownKeys([])).toEqual(expect.arrayContaining(['server', 'queues', 'topics', 'tasks']));
    expect(knownKeys(['topics', 3, 'subscriptions', 0])).toContain('filterTag');
    expect(knownKeys(['tasks', 'durationMsByType', 'Any'])).toEqual(
      expect.arrayContaining(['kind', 'leastMs', 'sigma']),
    );
    expect(knownKeys(['tasks', 'nothing', 'here'])).toEqual([]);
  });
});

/** Uncomments the examples of the template that stand by themselves. */
function uncommented(text: string, ...sections: readonly string[]): string {
  return sections.reduce(
    (all, section) =>
      all.replace(new RegExp(`^# ${section}:\\n(?:#   .*\\n)+`, 'm'), (block) => block.replaceAll(/^# /gm, '')),
    text,
  );
}

describe('the file that init writes', () => {
  const text = configTemplate('./schema.json');

  it('names its schema for editors', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./schema.json');
  });

  it('is valid, and so is what it has in comments', () => {
    const all = uncommented(text, 'limits', 'mns', 'push', 'admin', 'imm', 'faults');
    expect(parseConfig(all, 'c').config).toMatchObject({
      admin: { enabled: false },
      faults: [{ kind: 'early-visibility' }, { kind: 'reset-after-effect', name: 'lost-delete' }],
      imm: { replies: { '2020-09-30': { CreateProject: { overrides: true } } } },
      limits: { maxLongPolls: 500 },
      mns: { stripes: 3 },
      push: { hosts: ['web.test'] },
    });
    // Single lines: `# key: value` under a section, one at a time.
    const lines = text.split('\n');
    const commented = lines.flatMap((line, index) => (/^ +# [a-zA-Z]+: /.test(line) ? [index] : []));
    expect(commented.length).toBeGreaterThan(15);
    for (const index of commented) {
      const [, indent = '', key = ''] = /^( +)# ([a-zA-Z]+):/.exec(lines[index] ?? '') ?? [];
      const once = lines
        .filter((line, at) => at === index || !line.startsWith(`${indent}${key}:`))
        .map((line) => (line === lines[index] ? line.replace('# ', '') : line));
      const withClock = once.map((line) =>
        key === 'offsetMs' || key === 'time' ? line.replace('mode: real', 'mode: offset') : line,
      );
      expect(() => parseConfig(withClock.join('\n'), `line ${index + 1}`)).not.toThrow();
    }
  });

  it('describes an emulator that is there at once, with defaults for the rest', () => {
    const emulator = createEmulator(emulatorOptions(parseConfig(text, 'c').config));
    const plain = createEmulator();
    expect(emulator).toMatchObject({
      accountId: plain.accountId,
      region: plain.region,
      accessKeyId: plain.accessKeyId,
      accessKeySecret: plain.accessKeySecret,
    });
    emulator.close();
    plain.close();
  });
});
