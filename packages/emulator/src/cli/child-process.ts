import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { MnsbusError } from '@mnsbus/core';
import { EXIT } from './exit-codes.js';

/** Signals that are meant for whoever does the work. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

/** A command that could not be run at all. */
export class ChildNotRun extends MnsbusError<'INVALID_ARGUMENT'> {
  override readonly name: string = 'ChildNotRun';
  readonly exitCode: number;

  constructor(program: string, cause: NodeJS.ErrnoException) {
    const isMissing = cause.code === 'ENOENT';
    const reason = isMissing ? 'there is no such command' : cause.message;
    super({ code: 'INVALID_ARGUMENT', message: `cannot run ${program}: ${reason}`, cause });
    this.exitCode = isMissing ? EXIT.notFound : EXIT.notExecutable;
  }
}

/**
 * Runs a command with the streams of this process, and passes on the signals that this process gets.
 *
 * Resolves with the code that it ended with, or 128 and the number of the signal that ended it. Rejects with {@link ChildNotRun}.
 */
export function runChild(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env: environment });
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C and its like to the command as well; twice would mean "at once" to many.
    if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return new Promise<number>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => reject(new ChildNotRun(program, cause)));
    child.once('exit', (code, signal) => {
      resolve(signal === null ? (code ?? EXIT.failure) : EXIT.signalled + constants.signals[signal]);
    });
  }).finally(() => {
    for (const signal of FORWARDED) process.off(signal, forward);
  });
}
