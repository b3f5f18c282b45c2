import { describe, expect, it } from 'vitest';
import { REQUEST_DEFECTS } from './defects.js';
import { fuzzRequests } from './fuzz-requests.js';
import { report } from './report.js';
import { shrink } from './shrink.js';

/** Each is found long before so many requests. */
const MOST_REQUESTS = 20_000;

/** What shows a fault may need a resource, and time. */
const MOST_STEPS = 4;

describe('a fault is found, and cut down to what it needs', () => {
  it.each(REQUEST_DEFECTS)('that $name', { timeout: 120_000 }, async ({ make, found }) => {
    const { failure } = await fuzzRequests('planted', MOST_REQUESTS, { make });
    if (failure === undefined) expect.fail('it was not found');
    expect(failure.problem.text).toMatch(found);
    const smaller = await shrink(failure, make);
    expect(smaller.steps.length).toBeLessThanOrEqual(MOST_STEPS);
    const text = await report(smaller);
    expect(text).toMatch(found);
    expect(text).toContain(`MNSBUS_FUZZ_SESSION=${failure.plan.seed}`);
    expect(text).toContain('curl -i ');
  });
});
