import type { ClientRequest } from 'node:http';

// What @types/node leaves out: Node takes for an agent whatever has this method, and gives it each request before it is sent.
declare module 'http' {
  interface Agent {
    addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
  }
}
