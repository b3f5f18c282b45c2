import { HttpConnection } from './http-connection.js';

/** Does one piece of work on a connection, and says how many messages that moved; 0 ends this connection's part. */
export type Step = (connection: HttpConnection) => Promise<number>;

/** Repeats a step on so many connections at once for so long; gives messages per second. */
export async function drive(port: number, connections: number, durationMs: number, step: Step): Promise<number> {
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(port)));
  try {
    const startMs = performance.now();
    const endMs = startMs + durationMs;
    let messages = 0;
    const work = async (connection: HttpConnection): Promise<void> => {
      while (performance.now() < endMs) {
        const moved = await step(connection);
        if (moved === 0) return;
        messages += moved;
      }
    };
    await Promise.all(open.map(work));
    return (messages * 1000) / (performance.now() - startMs);
  } finally {
    for (const connection of open) connection.close();
  }
}
