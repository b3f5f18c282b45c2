import type { AnyEvent } from '@mnsbus/core';

/** The event of a conversion that went well. */
export const finished = (taskId: string): AnyEvent => ({
  name: 'FormatConvertJob:JobFinished',
  source: 'acs:imm',
  version: '1.0',
  occurredAt: new Date(0),
  data: { taskId, code: 'NoError', pageCount: 1, percent: 100 },
  form: 'acs',
  raw: {
    eventName: 'FormatConvertJob:JobFinished',
    eventSource: 'acs:imm',
    eventTime: '1970-01-01T00:00:00.000Z',
    eventVersion: '1.0',
    imm: { taskId, code: 'NoError', pageCount: '1', percent: '100' },
  },
  problems: [],
});
