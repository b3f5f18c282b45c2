import { CLOCK_MODES, type ClockMode } from '@mnsbus/core';
import { z } from 'zod';
import { MIN_TOKEN_LENGTH } from '../../admin/access.js';

/** Where an emulator listens. */
export interface ServerConfig {
  /** 0–65535; 0 takes any free one. Default 9324. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Origins of web pages that may call the services. Default none. */
  readonly cors?: readonly string[];
  /** Whether over HTTPS, with a certificate of its own. Default `false`. */
  readonly tls?: boolean;
  /** Where that certificate is kept. Default a directory of the user's. */
  readonly tlsDir?: string;
}

/** What time it is in the emulator. */
export interface ClockConfig {
  /** `real` is the machine's time, `offset` another one that goes as fast, `frozen` one that stands still until it is advanced. */
  readonly mode: ClockMode;
  /** How far ahead of the machine's time, in milliseconds; negative for behind. Only with `offset`. */
  readonly offsetMs?: number;
  /** What time it is at the start, by ISO 8601 with a zone; with `offset` or `frozen`. Default the machine's time. */
  readonly time?: string;
}

/** Who may look into the emulator and operate it over HTTP. */
export interface AdminConfig {
  /** Whether anybody may. Default `true`. */
  readonly enabled?: boolean;
  /** Lets in who sends it, and nobody else. Default this machine, without one. */
  readonly token?: string;
  /** Names under which the emulator is reached, besides localhost, addresses and the host it listens at. Default none. */
  readonly hosts?: readonly string[];
}

/** Where to listen. */
export const server: z.ZodType<ServerConfig> = z
  .strictObject({
    port: z.int().min(0).max(65_535).describe('0 takes any free one. Default 9324.').exactOptional(),
    host: z
      .string()
      .min(1)
      .regex(/^\S*$/, 'expected an address or a host name')
      .describe('Anything but 127.0.0.1 lets other machines in. Default 127.0.0.1.')
      .exactOptional(),
    tls: z.boolean().describe('Whether over HTTPS, with a certificate of its own. Default false.').exactOptional(),
    tlsDir: z.string().min(1).describe('Where that certificate is kept. Default a directory of yours.').exactOptional(),
    cors: z
      .array(z.string().regex(/^https?:\/\/[^/]+$/, 'expected an origin such as http://localhost:3000'))
      .describe('Origins of web pages that may call the services. Default none.')
      .exactOptional(),
  })
  .describe('Where the emulator listens; flags count before it.');

/** What time it is. */
export const clock: z.ZodType<ClockConfig> = z
  .strictObject({
    mode: z.enum(CLOCK_MODES),
    offsetMs: z
      .number()
      .describe('How far ahead of the machine’s time, in milliseconds; negative for behind.')
      .exactOptional(),
    time: z.iso
      .datetime({ offset: true, error: 'expected a time with its zone, such as 2030-01-01T00:00:00Z' })
      .describe('What time it is at the start, with mode offset or frozen. Default the machine’s time.')
      .exactOptional(),
  })
  .refine(({ mode, offsetMs }) => offsetMs === undefined || mode === 'offset', {
    path: ['offsetMs'],
    error: 'expected only with mode offset',
  })
  .refine(({ mode, offsetMs, time }) => time === undefined || (mode !== 'real' && offsetMs === undefined), {
    path: ['time'],
    error: 'expected only with mode offset or frozen, and without offsetMs',
  })
  .describe(
    'What time it is in the emulator: the machine’s, one that is ahead of it or behind, or one that stands still.',
  );

/** Where the state is kept. */
export const dataDir: z.ZodType<string> = z
  .string()
  .min(1)
  .describe('Keep the state in this directory, over restarts. Default in memory.');

/** Who may operate the emulator. */
export const admin: z.ZodType<AdminConfig> = z
  .strictObject({
    enabled: z.boolean().describe('Whether there is an admin API at all. Default true.').exactOptional(),
    token: z
      .string()
      .regex(/^[!-~]+$/, 'expected visible ASCII characters')
      .min(MIN_TOKEN_LENGTH)
      .describe('Lets in who sends it as a bearer token, and nobody else. Default this machine, without one.')
      .exactOptional(),
    hosts: z
      .array(z.string().regex(/^[a-z0-9.-]+$/i, 'expected a host name without scheme and port'))
      .describe('Names under which the emulator is reached, besides localhost and addresses. Default none.')
      .exactOptional(),
  })
  .describe('Who may look into the emulator and operate it, by the page, the commands, and /_emulator.');
