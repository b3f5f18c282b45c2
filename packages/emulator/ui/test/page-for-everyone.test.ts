import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SteerableClock } from '@mnsbus/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmulator } from '../../src/emulator.js';
import { listen } from '../../src/mounts/http.js';
import { VIEWS } from '../src/page-state.js';
import {
  launchChromium,
  openPage as openIn,
  type Browser,
  type BrowserChoice,
  type TestBrowser,
} from './test-support/chromium.js';
import { shownEmulator, type ShownEmulator } from './test-support/shown-emulator.js';

const TOKEN = 'correct-horse-battery';

let axe: string;
let chromium: Browser;
let shown: ShownEmulator;
let browser: TestBrowser | undefined;

beforeAll(async () => {
  axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  chromium = await launchChromium();
});

afterAll(async () => {
  await chromium?.close();
});

beforeEach(async () => {
  shown = await shownEmulator();
});

afterEach(async () => {
  await browser?.close();
  browser = undefined;
  await shown.server.close();
});

async function openPage(choice: BrowserChoice = {}): Promise<TestBrowser['page']> {
  browser = await openIn(chromium, choice);
  await browser.page.goto(shown.pageUrl);
  return browser.page;
}

/** Something in every view. */
async function fill(): Promise<void> {
  const { operator, faults } = shown.emulator;
  for (let n = 0; n < 5; n += 1)
    operator.send({ queueName: 'work', body: `{"n":${n}}`, delaySeconds: n === 4 ? 9 : 0 });
  await shown.newTask('oss://bkt/fail-ConvertTimeout/a.docx');
  await shown.newTask('oss://bkt/hold/a.docx');
  await shown.newTask();
  await expect.poll(() => shown.emulator.journal.entries('delivered').length).toBe(2);
  await shown.consume();
  operator.send({ queueName: 'work', body: 'later' });
  operator.publish({ topicName: 'unheard', body: 'x' });
  faults.add({ kind: 'delay', delayMs: 5, name: 'slow', match: { queueName: 'empty' } });
}

interface Violation {
  readonly id: string;
  readonly targets: readonly string[];
}

/** What whoever cannot see the page, or sees it badly, would miss, by axe-core: contrast, names, roles, order. */
async function violations(page: TestBrowser['page']): Promise<readonly Violation[]> {
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }> };
    };
    const report = await checker.run();
    return report.violations.map(({ id, nodes }) => ({
      id,
      targets: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
}

describe.each([
  ['English, light', { locale: 'en-US', colorScheme: 'light' }, 'Queues', 'rgb(246, 247, 249)'],
  ['Chinese, dark', { locale: 'zh-CN', colorScheme: 'dark' }, '队列', 'rgb(20, 23, 28)'],
] as const)('in %s', (name, choice, heading, ground) => {
  it('every view is drawn so that everybody can use it', async () => {
    await fill();
    const page = await openPage(choice);
    await page.getByRole('heading', { name: heading, exact: true }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(ground);
    await page.evaluate(axe);
    for (const view of VIEWS) {
      await page.locator(`nav [data-view=${view}]`).click();
      await page.locator(`main[data-view=${view}] h1`).waitFor();
      if (view === 'queues') await page.locator('tr[data-key=work]').click();
      if (view !== 'clock' && view !== 'faults' && view !== 'topics') {
        await page.locator('main .part').last().locator('tbody tr.opens').first().click();
        await page.locator('.panel').waitFor();
      }
      await browser?.shot(`${name.replace(', ', '-').toLowerCase()}-${view}`);
      expect({ view, found: await violations(page) }).toEqual({ view, found: [] });
    }
  });
});

it('would be told of if somebody could not use it', async () => {
  const page = await openPage();
  await page.locator('tr[data-key=work]').waitFor();
  await page.evaluate(axe);
  await page.evaluate(() => {
    document.querySelector<HTMLElement>('nav button')?.style.setProperty('color', '#2a66d4');
    document.querySelector('main')?.append(document.createElement('input'));
  });
  expect((await violations(page)).map(({ id }) => id).toSorted()).toEqual(['color-contrast', 'label']);
});

it('keeps its language and colours in the next visit', async () => {
  const page = await openPage();
  await page.getByRole('heading', { name: 'Queues' }).waitFor();
  await page.keyboard.press('l');
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  await page.reload();
  await page.getByRole('heading', { name: '队列' }).waitFor();
  expect(
    await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).colorScheme]),
  ).toEqual(['zh-CN', 'dark']);
});

it('fits a narrow window, and draws a lot of tall text without moving what stands around', async () => {
  await fill();
  const page = await openPage({ width: 700 });
  await page.locator('tr[data-key=work]').click();
  await page.locator('main .part').last().locator('tbody tr').first().click();
  await browser?.shot('narrow');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
});

it('can be used by keyboard alone', async () => {
  const page = await openPage();
  const { keyboard } = page;
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset['key']);
  await page.locator('tr[data-key=work]').waitFor();
  // Tab leads from the head over the navigation into the table, which is one stop.
  for (let stops = 0; stops < 30 && (await focused()) === undefined; stops += 1) await keyboard.press('Tab');
  expect(await focused()).toBe('empty');
  await keyboard.press('End');
  await expect.poll(focused).toBe('work');
  expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
    'solid',
  );
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Messages in work' }).waitFor();

  await keyboard.press('s');
  await page.locator('dialog').waitFor();
  await keyboard.type('first s p f 7');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await page.locator('.toast', { hasText: 'Sent message' }).waitFor();
  const [message] = shown.emulator.inspect().messages({ queueName: 'work' }).items;
  expect(message?.body).toBe('first s p f 7');
  // The focus is back where it was, and the table of messages is the next one.
  await expect.poll(focused).toBe('work');
  for (let stops = 0; stops < 30 && (await focused()) !== message?.messageId; stops += 1) await keyboard.press('Tab');
  await keyboard.press('Space');
  await page.getByText('1 selected').waitFor();
  await keyboard.press('Enter');
  await page.locator('.panel').waitFor();
  for (let stops = 0; stops < 30; stops += 1) {
    await keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.getAttribute('data-action'))) === 'expire-one') break;
  }
  await keyboard.press('Enter');
  await page.locator('.toast', { hasText: 'Expired: 1' }).waitFor();

  await keyboard.press('2');
  await page.getByRole('heading', { name: 'Topics' }).waitFor();
  await expect.poll(async () => page.locator('tr[aria-selected=true]').count()).toBe(1);
  await keyboard.press('p');
  await page.locator('dialog').waitFor();
  await keyboard.type('news');
  await keyboard.press('Escape');
  await expect.poll(() => page.locator('dialog').count()).toBe(0);
  await keyboard.press('/');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('filter');
  await keyboard.type('expire');
  await page.locator('main tbody tr', { hasText: 'operation=expire' }).waitFor();
  await keyboard.press('Tab');
  await keyboard.press('?');
  await page.locator('dialog').waitFor();
  await keyboard.press('Escape');
  await expect.poll(() => page.locator('dialog').count()).toBe(0);
  await keyboard.press('f');
  await page.locator('dialog').waitFor();
  await keyboard.press('Escape');
  await expect.poll(() => page.locator('dialog').count()).toBe(0);
  await keyboard.press('7');
  await page.getByRole('heading', { name: 'Clock' }).waitFor();
  for (let stops = 0; stops < 30; stops += 1) {
    await keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.matches('[type=radio]'))) break;
  }
  await keyboard.press('ArrowDown');
  await page.locator('.toast', { hasText: 'The clock is offset' }).waitFor();
  await keyboard.press('a');
  await page.locator('dialog').waitFor();
  await keyboard.press('Enter');
  await page.locator('.toast', { hasText: 'It is now' }).waitFor();
});

it('asks for the token where there is one, and keeps it no longer than the tab', async () => {
  await shown.server.close();
  shown = await shownEmulator({ admin: { token: TOKEN } });
  const page = await openPage();
  await page.getByLabel('Token').fill('another-token-of-size');
  await browser?.shot('token');
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByLabel('Token').waitFor();
  await page.getByLabel('Token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.locator('tr[data-key=work]').waitFor();
  expect(await page.evaluate(() => [Object.values(localStorage).join(' '), document.cookie])).toEqual(['', '']);
  await page.reload();
  await page.locator('tr[data-key=work]').waitFor();
  expect(await page.content()).not.toContain(TOKEN);
});

it('finds an emulator that was started anew, and shows that one', async () => {
  shown.emulator.operator.send({ queueName: 'work', body: 'old' });
  const page = await openPage();
  await page.getByText('live', { exact: true }).waitFor();
  const { port } = shown.server;
  await shown.server.close();
  await page.getByText('connection lost, trying again').waitFor();
  const next = createEmulator({ clock: new SteerableClock(), seed: 'next', region: 'cn-hangzhou' });
  next.operator.seed({ queues: [{ name: 'anew' }] });
  const server = await listen(next, { port });
  try {
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('tr[data-key=anew]').waitFor();
    expect(await page.locator('tr[data-key=work]').count()).toBe(0);
    await page.keyboard.press('5');
    await expect.poll(() => page.locator('main tbody tr').count()).toBe(next.journal.length);
  } finally {
    await server.close();
  }
});
