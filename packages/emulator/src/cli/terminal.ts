import { styleText } from 'node:util';
import type { Hint } from '../runtime/hints/hint.js';
import type { Outlet } from './outlet.js';
import { printable } from './printable.js';

/** How a command talks. */
export interface TerminalFlags {
  /** Lines of JSON instead of text. Default `false`. */
  readonly json?: boolean;
  /** Nothing but errors. Default `false`. */
  readonly quiet?: boolean;
}

/** Why a command ends. */
export interface SpokenError {
  readonly code: string;
  readonly message: string;
  /** The places of a config file that are wrong. */
  readonly problems?: readonly object[];
}

/** Emphasis, on terminals that show it. */
export type Style = 'bold' | 'dim' | 'yellow' | 'red';

/** What a command says to people and programs: results on stdout, everything else on stderr. */
export class Terminal {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly #out: Outlet;
  readonly #err: Outlet;
  readonly #isPlain: boolean;

  constructor(flags: TerminalFlags, out: Outlet, err: Outlet, environment: NodeJS.ProcessEnv) {
    this.isJson = flags.json ?? false;
    this.isQuiet = flags.quiet ?? false;
    this.#out = out;
    this.#err = err;
    // https://no-color.org: any value but the empty one.
    this.#isPlain = (environment['NO_COLOR'] ?? '') !== '';
  }

  /** Says what somebody asked for: `text` in full on a terminal, `line` elsewhere, `json` if that was wished. */
  result(said: { readonly text: (style: Paint) => string; readonly line: string; readonly json: object }): void {
    if (this.isJson) writeJson(this.#out, said.json);
    else if (!this.isQuiet)
      this.#out.write(`${this.#out.isTTY === true ? said.text(this.#paint(this.#out)) : said.line}\n`);
  }

  /** Says something beside the result: on a terminal, or as JSON. */
  aside(said: { readonly line: string; readonly json: object }): void {
    if (this.isJson) writeJson(this.#err, said.json);
    else if (!this.isQuiet && this.#err.isTTY === true)
      this.#err.write(`${this.#paint(this.#err)('dim', said.line)}\n`);
  }

  /** Says something that somebody has to know, wherever it is read. */
  notice(said: { readonly line: string; readonly json: object }): void {
    if (this.isJson) writeJson(this.#err, said.json);
    else if (!this.isQuiet)
      this.#err.write(`${this.#paint(this.#err)('yellow', 'mns-emulator:')} ${printable(said.line)}\n`);
  }

  /** Says that something looks wrong. */
  hint(hint: Hint): void {
    if (this.isJson) writeJson(this.#err, { event: 'hint', ...hint });
    else if (!this.isQuiet) {
      const said = printable(`${hint.message} ${hint.advice}`);
      this.#err.write(`${this.#paint(this.#err)('yellow', 'mns-emulator: hint:')} ${said}\n`);
    }
  }

  /** Says why a command ends. */
  error({ code, message, problems }: SpokenError, exitCode: number): void {
    const more = problems === undefined ? {} : { problems };
    if (this.isJson) writeJson(this.#err, { event: 'error', code, message, ...more, exitCode });
    else this.#err.write(`${this.#paint(this.#err)('red', 'mns-emulator:')} ${message}\n`);
  }

  /** Resolves to whether all of it is with its readers, or those have left, before `signal` aborts; nothing can be said any more. */
  async drained(signal: AbortSignal): Promise<boolean> {
    const outcomes = [this.#out, this.#err].map((outlet) => outlet.drained?.(signal) ?? Promise.resolve(true));
    return (await Promise.all(outcomes)).every(Boolean);
  }

  #paint(outlet: Outlet): Paint {
    const isColoured = outlet.isTTY === true && !this.#isPlain;
    // Whether the outlet shows colours is known here; newer versions of Node.js would look at stdout instead.
    return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
  }
}

/** Emphasizes a text where that can be seen. */
export type Paint = (style: Style, text: string) => string;

function writeJson(outlet: Outlet, value: object): void {
  outlet.write(`${JSON.stringify(value)}\n`);
}
