import { z } from 'zod';

/** Where an emulator listens. */
export interface ServerConfig {
  /** 0–65535; 0 takes any free one. Default 9324. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Whether over HTTPS, with a certificate of its own. Default `false`. */
  readonly tls?: boolean;
  /** Where that certificate is kept. Default a directory of the user's. */
  readonly tlsDir?: string;
}

/** What time it is in the emulator. */
export interface ClockConfig {
  /** `real` is the machine's time, `offset` another one that goes as fast. */
  readonly mode: 'real' | 'offset';
  /** How far ahead of the machine's time, in milliseconds; negative for behind. Only with `offset`. */
  readonly offsetMs?: number;
}

/** Where to listen. */
export const server: z.ZodType<ServerConfig> = z
  .strictObject({
    port: z.int().min(0).max(65_535).describe('0 takes any free one. Default 9324.').exactOptional(),
    host: z
      .string()
      .min(1)
      .describe('Anything but 127.0.0.1 lets other machines in. Default 127.0.0.1.')
      .exactOptional(),
    tls: z.boolean().describe('Whether over HTTPS, with a certificate of its own. Default false.').exactOptional(),
    tlsDir: z.string().min(1).describe('Where that certificate is kept. Default a directory of yours.').exactOptional(),
  })
  .describe('Where the emulator listens; flags count before it.');

/** What time it is. */
export const clock: z.ZodType<ClockConfig> = z
  .strictObject({
    mode: z.enum(['real', 'offset']),
    offsetMs: z
      .number()
      .describe('How far ahead of the machine’s time, in milliseconds; negative for behind.')
      .exactOptional(),
  })
  .refine(({ mode, offsetMs }) => (mode === 'offset') === (offsetMs !== undefined), {
    path: ['offsetMs'],
    error: 'expected with mode offset, and only there',
  })
  .describe('What time it is in the emulator: the machine’s, or one that is off by so much and goes as fast.');
