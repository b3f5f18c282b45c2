import { HttpConnection } from '../load/http-connection.js';
import { mns } from '../protocols/mns.js';
import { accepted } from '../protocols/protocol.js';
import { firstLine, freePort, startChild, stopChild } from '../servers/child.js';
import { EMULATOR_MAIN } from '../servers/contender.js';

/** Milliseconds from the launch of `mns-emulator start` to its first answer, so many times. */
export async function measureLaunches(times: number): Promise<readonly number[]> {
  const durations: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const port = await freePort();
    const startMs = performance.now();
    const child = startChild(process.execPath, [EMULATOR_MAIN, 'start', '--port', String(port), '--json']);
    await firstLine(child);
    const connection = await HttpConnection.open(port);
    accepted(await connection.request(mns.queue('first').create));
    durations.push(performance.now() - startMs);
    connection.close();
    await stopChild(child);
  }
  return durations;
}
