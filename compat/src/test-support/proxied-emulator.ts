import { createEmulator, listen, type Emulator, type EmulatorServer } from '@mnsbus/emulator';

/** The variables by which HTTP libraries find a proxy, or leave it aside. */
const VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;

/** An emulator that clients reach as their proxy: they name the service's own hosts, and it answers. */
export interface ProxiedEmulator {
  readonly emulator: Emulator;
  readonly server: EmulatorServer;
  /** Frees the port and puts the proxy variables back. */
  close(): Promise<void>;
}

/** Starts an emulator and makes it the proxy of this process for http and https. */
export async function proxiedEmulator(): Promise<ProxiedEmulator> {
  const emulator = createEmulator({ seed: 'compat' });
  const server = await listen(emulator);
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of VARIABLES) delete process.env[name];
  process.env['HTTP_PROXY'] = server.endpoint;
  process.env['HTTPS_PROXY'] = server.endpoint;
  return {
    emulator,
    server,
    close: async () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await server.close();
    },
  };
}
