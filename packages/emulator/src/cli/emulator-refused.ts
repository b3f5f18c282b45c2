import { printable } from './printable.js';

/** A running emulator does not do what a command asks for; `code` is one of the admin API's. */
export class EmulatorRefused extends Error {
  override readonly name: string = 'EmulatorRefused';
  readonly code: string;

  constructor(code: string, message: string) {
    const advice = ADVICE[code];
    super(printable(advice === undefined ? message : `${message} (${advice})`));
    this.code = code;
  }
}

/** What to do about refusals that are not about what was asked for. */
const ADVICE: Readonly<Partial<Record<string, string>>> = {
  TOKEN_REQUIRED: 'give it by --token or MNS_EMULATOR_TOKEN, or let the config file say it',
  TOO_MANY_WRONG_TOKENS: 'give the right one by --token or MNS_EMULATOR_TOKEN; it is let in at once',
  LOOPBACK_ONLY: 'start the emulator with --admin-token, and give that token by --token',
  HOST_REFUSED: 'name the host in admin.hosts of the config file, or use its address',
  CLOCK_NOT_STEERABLE: 'only an emulator that mns-emulator runs, or one with a SteerableClock, can be steered',
};
