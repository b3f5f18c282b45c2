import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';

/** API calls that this process made. */
export interface CallCounts {
  /** `GetOfficeConversionTask`. */
  polls: number;
  /** Every call of MNS. */
  mns: number;
}

/** Counts the API calls that really leave the process, from now until `stop`. */
export function countCalls(): { readonly counts: CallCounts; readonly stop: () => void } {
  const counts: CallCounts = { polls: 0, mns: 0 };
  const count = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('request' in message)) return;
    if (!(message.request instanceof ClientRequest)) return;
    const { path } = message.request;
    if (path.includes('Action=GetOfficeConversionTask')) counts.polls += 1;
    if (path.startsWith('/queues/')) counts.mns += 1;
  };
  subscribe('http.client.request.start', count);
  return { counts, stop: () => void unsubscribe('http.client.request.start', count) };
}
