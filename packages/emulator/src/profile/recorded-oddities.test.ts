import { describe, expect, it } from 'vitest';
import type { ProfileOption } from './profile.js';
import { RECORDED_ODDITIES, type RecordedOddity } from './test-support/recorded-oddities.js';
import { recordedSession, type Session } from './test-support/recorded-session.js';

const RUNS = 100;

async function sessions(profile: ProfileOption): Promise<readonly Session[]> {
  const all: Session[] = [];
  for (let run = 0; run < RUNS; run += 1) all.push(await recordedSession({ profile, seed: `oddities/${run}` }));
  return all;
}

const showing = (all: readonly Session[], { isShown }: RecordedOddity): number => all.filter(isShown).length;

/** In how many of a hundred seeded runs of the recorded suite each oddity shows. */
const SHOWN = `
100 a queue that is there already is 204, with its URL
100 so is a topic
100 and a subscription, whose URL has no scheme
100 a send of one in a batch has the root of a batch, in 5–66 ms
100 a publish takes 16–26 ms
100 a wait of 1 s in vain ends 67–193 ms early, and not always the same
 78 a message that is there is received in less than 187 ms (4 of 13)
100 a message that is there is received after 187–714 ms (9 of 13)
 44 a poll ends falsely empty after 842 or 878 ms, about, and the next one has the message (2 of 15)
 48 what was sent first is not received first
100 a batch receive has fewer than were sent, although all are there
 38 counts lag behind deletes
100 a change of visibility brings a new handle, exact to the millisecond, in 4–8 ms
100 a batch delete of one handle is 204, in 1–9 ms
100 a topic brings its message to a queue 9–28 ms after PublishTime
100 properties of a published message are native ones of the queue message
100 an event is published 150–350 ms after its task has ended`;

describe('what recordings of the live service show', () => {
  it('each shows in runs of the profile cloud, the same in each run of a seed', async () => {
    const cloud = await sessions('cloud');
    const shown = RECORDED_ODDITIES.map((oddity) => `${String(showing(cloud, oddity)).padStart(3)} ${oddity.what}`);
    expect(shown.join('\n')).toBe(SHOWN.trim());
    expect(RECORDED_ODDITIES.map((oddity) => showing(cloud, oddity))).not.toContain(0);
    expect(await recordedSession({ profile: 'cloud', seed: 'oddities/7' })).toEqual(cloud[7]);
  });

  it('none but layout shows in the profile kind, and nothing there takes longer than it was asked to', async () => {
    const kind = await sessions('kind');
    for (const oddity of RECORDED_ODDITIES) {
      expect([oddity.what, showing(kind, oddity)]).toEqual([oddity.what, oddity.isKind === true ? RUNS : 0]);
    }
    const took = new Set(kind.flatMap(({ exchanges }) => exchanges.map(({ tookMs }) => tookMs)));
    expect([...took].toSorted((a, b) => a - b)).toEqual([0, 900]);
  });

  it.each([
    ['narrowReceives', /falsely empty/],
    ['slowReceives', /after 187–714 ms/],
    ['earlyEndMs', /in vain ends/],
    ['stripes', /sent first|fewer than were sent|falsely empty/],
    ['countsAgeMs', /counts lag/],
    ['deliveryLagMs', /9–28 ms after/],
  ] as const)('without %s, just what comes of it is gone', async (behaviour, pattern) => {
    const without = await sessions({ base: 'cloud', [behaviour]: false });
    for (const oddity of RECORDED_ODDITIES) {
      const count = showing(without, oddity);
      if (pattern.test(oddity.what)) expect([oddity.what, count]).toEqual([oddity.what, 0]);
      else expect([oddity.what, count > 0]).toEqual([oddity.what, true]);
    }
  });
});
