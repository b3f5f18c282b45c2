import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The real program, as it is built and shipped. */
export const MAIN: string = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Where and with what a program runs: default here, and with nothing of the emulator's in the environment. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The Node to run it. Default that of the tests. */
  readonly node?: string;
  /** Another build of the program. */
  readonly main?: string;
  /** What runs it, such as `setpriv` with its options. Default nothing. */
  readonly by?: readonly string[];
}

/** A program that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Started {
  readonly child: ChildProcess;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  /** Lines of stderr so far. */
  readonly errors: readonly string[];
  /** The first line of stdout that matches. */
  readonly line: (pattern: RegExp) => Promise<string>;
  readonly ended: Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** Ends what a test left running. */
export function killStarted(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

function environment({ env = {} }: Surroundings): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:MNS_|ALIBABA_CLOUD_|NODE_EXTRA_CA|SSL_CERT|REQUESTS_CA|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(
        name,
      ),
  );
  return { ...Object.fromEntries(own), ...env };
}

function commandOf(args: readonly string[], surroundings: Surroundings): readonly [string, ...string[]] {
  const { by = [], node = process.execPath, main = MAIN } = surroundings;
  const [program = node, ...rest] = [...by, node, main, ...args];
  return [program, ...rest];
}

/** Runs the program to its end. */
export function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const [program, ...rest] = commandOf(args, surroundings);
  return runProgram(program, rest, surroundings);
}

/** Runs any program to its end. */
export function runProgram(program: string, args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      env: environment(surroundings),
      ...(surroundings.cwd === undefined ? {} : { cwd: surroundings.cwd }),
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Starts the program. */
export function start(args: readonly string[], surroundings: Surroundings = {}): Started {
  const [program, ...rest] = commandOf(args, surroundings);
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(surroundings),
    ...(surroundings.cwd === undefined ? {} : { cwd: surroundings.cwd }),
  });
  running.add(child);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const wake of waiting) wake();
  });
  createInterface({ input: child.stderr }).on('line', (line) => void errors.push(line));
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((one) => pattern.test(one));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  };
  return { child, lines, errors, line, ended };
}

/** Starts an emulator on a free port; resolves when it is ready. */
export async function ready(
  args: readonly string[] = [],
  surroundings: Surroundings = {},
): Promise<{ readonly started: Started; readonly info: Readonly<Record<string, string>> }> {
  const started = start(['start', '--port', '0', '--json', ...args], surroundings);
  const info: Record<string, string> = JSON.parse(await started.line(/^\{/));
  return { started, info };
}
