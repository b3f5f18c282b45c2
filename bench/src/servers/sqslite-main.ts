// sqslite without its request log, which its own command line cannot turn off: no other server here writes one.
import { createRequire } from 'node:module';

interface Application {
  readonly listen: (options: { readonly host: string; readonly port: number }) => Promise<string>;
}

const sqslite: (options: { readonly logger: boolean }) => Application = createRequire(import.meta.url)('sqslite');
await sqslite({ logger: false }).listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
