import { HttpConnection } from '../load/http-connection.js';
import { mns, mnsLongPoll } from '../protocols/mns.js';
import { accepted } from '../protocols/protocol.js';
import type { Contender } from '../servers/contender.js';
import { createQueue } from './throughput.js';

const SETTLE_MS = 3;

/** Milliseconds from the first byte of a send to the end of the reply of a long poll that waited for it, so many times. */
export async function measureWakeUps({ port }: Contender, times: number): Promise<readonly number[]> {
  const queue = mns.queue('wake-up');
  await createQueue(port, queue);
  const [sender, waiter] = await Promise.all([HttpConnection.open(port), HttpConnection.open(port)]);
  const latencies: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const poll = waiter.request(mnsLongPoll('wake-up')).then((reply) => ({ reply, atMs: performance.now() }));
    // Long enough for the poll to wait inside the server.
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const startMs = performance.now();
    const sent = sender.request(queue.send);
    const { reply, atMs } = await poll;
    latencies.push(atMs - startMs);
    accepted(await sent);
    const [handle = ''] = queue.handlesIn(reply);
    accepted(await sender.request(queue.delete(handle)));
  }
  sender.close();
  waiter.close();
  return latencies;
}
