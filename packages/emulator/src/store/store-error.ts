import { MnsbusError } from '@mnsbus/core';

/** The errors of data directories. */
export type StoreErrorCode = 'STORE_UNAVAILABLE' | 'STORE_LOCKED' | 'STORE_CORRUPT' | 'STORE_FAILED';

/** An error about a data directory. */
export function storeError<Code extends StoreErrorCode>(
  code: Code,
  dataDir: string,
  message: string,
  cause?: unknown,
): MnsbusError<Code> {
  return new MnsbusError({
    code,
    message: `data directory ${dataDir}: ${message}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
