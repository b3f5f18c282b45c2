import { InvalidArgumentError, Option } from 'commander';

/** Reads a whole number from `low` to `high`, both included; any other text is wrong usage. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** Reads a list with commas; blanks around its members and empty ones do not count. */
export function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** An option that is also taken from `MNS_EMULATOR_…`; the flag counts before the variable. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`MNS_EMULATOR_${made.name().replaceAll('-', '_').toUpperCase()}`);
}

/** Takes variables of switches that say no out of the environment: being there at all would switch them on. */
export function withoutSwitchedOff(environment: NodeJS.ProcessEnv, switches: readonly string[]): void {
  for (const name of switches) {
    const variable = `MNS_EMULATOR_${name.replaceAll('-', '_').toUpperCase()}`;
    if (/^(?:|0|no|off|false)$/i.test(environment[variable] ?? 'absent')) delete environment[variable];
  }
}
