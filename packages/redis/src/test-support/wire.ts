import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A line between client and server that a test can cut, or lead elsewhere. */
export interface Wire {
  readonly port: number;
  /** Where new connections lead. */
  target: number;
  /** Keeps the next answer back, and breaks its connection: what was asked for is done, but nobody is told. */
  loseAnswer(): void;
  /** Breaks all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** Lays a wire to a server on this machine. */
export async function layWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isAnswerLost = false;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    const far = connect(wire.target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      // Whichever end breaks takes the other along.
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (data) => void far.write(data));
    far.on('data', (data) => {
      if (!isAnswerLost) {
        near.write(data);
        return;
      }
      isAnswerLost = false;
      cut();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const wire: Wire = {
    port: address.port,
    target,
    loseAnswer: () => {
      isAnswerLost = true;
    },
    cut,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
  return wire;
}
