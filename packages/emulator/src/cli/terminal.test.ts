import { describe, expect, it } from 'vitest';
import type { Hint } from '../runtime/hints/hint.js';
import { Terminal, type TerminalFlags } from './terminal.js';

const HINT: Hint = {
  code: 'topic-without-subscription',
  subject: 'topics/t',
  message: 'Nobody gets \u001B[2Jit.',
  advice: 'Subscribe.',
  atMs: 5,
};

interface Said {
  readonly out: string;
  readonly err: string;
}

/** Everything a command can say, one after the other. */
function everything(flags: TerminalFlags, isTTY: boolean, environment: NodeJS.ProcessEnv = {}): Said {
  const said = { out: '', err: '' };
  const outlet = (name: keyof Said): { isTTY: boolean; write: (text: string) => void } => ({
    isTTY,
    write: (text) => {
      said[name] += text;
    },
  });
  const terminal = new Terminal(flags, outlet('out'), outlet('err'), environment);
  terminal.result({ text: (paint) => paint('bold', 'long'), line: 'short', json: { event: 'result' } });
  terminal.aside({ line: 'aside', json: { event: 'aside' } });
  terminal.notice({ line: 'not\u001Bice', json: { event: 'notice' } });
  terminal.hint(HINT);
  terminal.error({ code: 'X', message: 'broke' }, 1);
  return said;
}

const HINT_LINE = 'mns-emulator: not?ice\nmns-emulator: hint: Nobody gets ?[2Jit. Subscribe.\n';

describe('what a command says', () => {
  it('is short off a terminal, without colours', () => {
    expect(everything({}, false)).toEqual({ out: 'short\n', err: `${HINT_LINE}mns-emulator: broke\n` });
  });

  it('is full on a terminal, in colours, which no client’s text can give', () => {
    const { out, err } = everything({}, true);
    expect(out).toBe('\u001B[1mlong\u001B[22m\n');
    expect(err).toBe(
      '\u001B[2maside\u001B[22m\n\u001B[33mmns-emulator:\u001B[39m not?ice\n\u001B[33mmns-emulator: hint:\u001B[39m Nobody gets ?[2Jit. Subscribe.\n\u001B[31mmns-emulator:\u001B[39m broke\n',
    );
  });

  it('has no colours with NO_COLOR, unless that is empty', () => {
    expect(everything({}, true, { NO_COLOR: '1' })).toEqual({
      out: 'long\n',
      err: `aside\n${HINT_LINE}mns-emulator: broke\n`,
    });
    expect(everything({}, true, { NO_COLOR: '' }).out).toContain('\u001B[1m');
  });

  it('is nothing but errors with --quiet', () => {
    for (const isTTY of [true, false]) {
      expect(everything({ quiet: true }, isTTY, { NO_COLOR: '1' })).toEqual({ out: '', err: 'mns-emulator: broke\n' });
    }
  });

  it('is one line of JSON each with --json, on a terminal as well', () => {
    for (const isTTY of [true, false]) {
      const { out, err } = everything({ json: true, quiet: true }, isTTY);
      expect(JSON.parse(out)).toEqual({ event: 'result' });
      expect(
        err
          .trim()
          .split('\n')
          .map((line): unknown => JSON.parse(line)),
      ).toEqual([
        { event: 'aside' },
        { event: 'notice' },
        { event: 'hint', ...HINT },
        { event: 'error', code: 'X', message: 'broke', exitCode: 1 },
      ]);
    }
  });
});
