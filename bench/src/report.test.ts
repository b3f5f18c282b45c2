import { describe, expect, it } from 'vitest';
import type { ThroughputSample } from './benches/throughput.js';
import { report, type Results } from './report.js';
import { FLOOR, OURS, PROTOCOL_FLOOR } from './servers/contender.js';

/** Samples of sends over one connection. */
const sends = (contender: string, ...rates: readonly number[]): readonly ThroughputSample[] =>
  rates.map((messagesPerSecond, round) => ({
    contender,
    workload: 'send',
    connections: 1,
    round,
    messagesPerSecond,
    processorMicrosecondsPerMessage: 1e6 / messagesPerSecond,
  }));

const RESULTS: Results = {
  machine: 'a machine',
  throughput: [
    ...sends(FLOOR, 900, 1000, 5000),
    ...sends(PROTOCOL_FLOOR, 800),
    ...sends(OURS, 700, 500, 600),
    ...sends('slow peer', 10),
    ...sends('fast peer', 400),
  ],
  backlogs: [
    {
      stored: 10,
      modelBytesPerMessage: 9999,
      emulatorBytesPerMessage: 9999,
      modelMicroseconds: [4, 2, 3],
      httpMicroseconds: [100],
    },
    {
      stored: 1_000_000,
      modelBytesPerMessage: 500.4,
      emulatorBytesPerMessage: 600.6,
      modelMicroseconds: [6],
      httpMicroseconds: [110],
    },
  ],
  tasks: [
    { kept: 100, bytesPerTask: 1000, bytesLeft: 0, microseconds: [200, 100, 300] },
    { kept: 100_000, bytesPerTask: 900.4, bytesLeft: 2048, microseconds: [210] },
  ],
  wakeUpMs: [1, 2, 3],
  launchMs: [200, 300, 400],
};

/** The table below a title. */
function table(text: string, title: string): readonly string[] {
  return (
    text
      .split('\n\n')
      .find((part) => part.startsWith(`${title}\n`))
      ?.split('\n') ?? []
  );
}

describe('report', () => {
  const text = report(RESULTS);

  it('has a line for each number of kept tasks, and the ratio of the last to the first', () => {
    expect(table(text, 'a task from its submission to its event, on the virtual clock').slice(1)).toEqual([
      '  100 kept: 200 µs; after all have vanished 0 KB are left',
      '  100000 kept: 210 µs; per record 900 B, after all have vanished 2 KB are left',
      '  ratio: 1.05',
    ]);
  });

  it('begins with the machine', () => {
    expect(text.split('\n')[0]).toBe('a machine');
  });

  it('has a row for each server: the median and both quartiles', () => {
    const rows = table(text, 'send, 1 connection').map((line) => line.trim().split(/ {2,}/));
    expect(rows.slice(1, -1)).toEqual([
      ['msg/s', 'median', 'quartile 1', 'quartile 3'],
      [FLOOR, '1000', '950', '3000'],
      [PROTOCOL_FLOOR, '800', '800', '800'],
      [OURS, '600', '550', '650'],
      ['slow peer', '10', '10', '10'],
      ['fast peer', '400', '400', '400'],
    ]);
  });

  it('divides our median by those of both floors and of the best peer, which is no floor', () => {
    expect(table(text, 'send, 1 connection').at(-1)).toBe(
      '  ours: 0.60 of the floor (target 0.60), 0.75 of the protocol floor, 1.50 × the best peer (target 1.30)',
    );
  });

  it('says nothing of what did not take part', () => {
    const alone = report({ ...RESULTS, throughput: sends(OURS, 600) });
    expect(table(alone, 'send, 1 connection').join('\n')).not.toContain('ours:');
    expect(alone).not.toMatch(/NaN|Infinity/);
  });

  it('compares backlogs, and tells the memory of large ones only', () => {
    expect(table(text, 'send + receive + delete with a backlog, 1 connection').slice(1)).toEqual([
      '  10 stored: model 3.00 µs, HTTP 100 µs',
      '  1000000 stored: model 6.00 µs, HTTP 110 µs; per message beyond its body 601 B (bare model 500 B, target 1024)',
      '  ratio: model 2.00, HTTP 1.10 (target 1.15)',
    ]);
  });

  it('ends with latencies and launches, and a line feed', () => {
    expect(text).toContain('send → long poll wakes: p50 2.00 ms, p99 2.98 ms (target 5)');
    expect(text).toContain('launch → first answer: median 300.00 ms, quartiles 250.00 ms to 350.00 ms (target 500)');
    expect(text.endsWith('\n')).toBe(true);
  });
});
