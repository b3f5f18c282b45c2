import { readBounded } from './read-bounded.js';
import type { FetchCertificate } from './certificate-store.js';

/** Fetches over the network. A redirection is an answer like any other that is not 200: it is not followed. */
export const fetchOverNetwork: FetchCertificate = async (url, maxBytes, signal) => {
  const response = await fetch(url, { redirect: 'manual', credentials: 'omit', signal });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`expected status 200, received ${response.status}`);
  }
  const bytes = await readBounded(response.body, maxBytes, signal);
  if (bytes === undefined) throw new Error(`expected at most ${maxBytes} bytes`);
  return bytes.toString('latin1');
};
