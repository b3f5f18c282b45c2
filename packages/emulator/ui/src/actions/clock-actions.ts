import { writeInstant } from '../model/times.js';
import type { ClockView } from '../model/views.js';
import type { Page } from '../page.js';

/** Asks how far the time shall move. */
export function askAdvance(page: Page): void {
  const { say } = page;
  page.ask({
    title: say('advance'),
    submit: say('advance'),
    fields: [{ name: 'seconds', label: say('advanceBy'), kind: 'number', value: '30', isRequired: true }],
    act: ({ seconds = '' }) => advance(page, Number(seconds) * 1000),
  });
}

/** Moves the time forward by milliseconds; gives what to tell of it. */
export async function advance(page: Page, deltaMs: number): Promise<string> {
  return tell(page, await page.api.post<ClockView>('/clock/advance', { deltaMs }));
}

/** Moves the time forward to an instant; gives what to tell of it. */
export async function advanceTo(page: Page, atMs: number): Promise<string> {
  return tell(page, await page.api.post<ClockView>('/clock/advance-to', { atMs }));
}

/** Lets time go another way. */
export function setMode(page: Page, mode: string): Promise<void> {
  return page.act(async () => {
    const clock = await page.api.put<ClockView>('/clock', { mode });
    page.set({ clock });
    return page.say('modeDone', { mode });
  });
}

function tell(page: Page, clock: ClockView): string {
  page.set({ clock });
  return page.say('advanceDone', { time: writeInstant(clock.nowMs) });
}
