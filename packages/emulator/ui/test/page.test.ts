import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openPage, type Browser, type TestBrowser } from './test-support/chromium.js';
import { shownEmulator, type ShownEmulator } from './test-support/shown-emulator.js';

const HOSTILE = {
  markup: '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>',
  turned: 'invoice\u202Efdp.exe',
  emoji: '👩‍👩‍👧‍👦 🇨🇳 e\u0301 漢字',
  long: 'x'.repeat(65_000),
};

let shown: ShownEmulator;
let chromium: Browser;
let browser: TestBrowser;

beforeAll(async () => {
  shown = await shownEmulator();
  chromium = await launchChromium();
  browser = await openPage(chromium);
  await browser.page.addInitScript(watchActions);
  await browser.page.goto(shown.pageUrl);
  await browser.page.getByText('live', { exact: true }).waitFor();
});

afterAll(async () => {
  await chromium?.close();
  await shown?.server.close();
});

/** Runs in the page: remembers each button that was ever there, and each that was pressed. */
function watchActions(): void {
  const seen = new Set<string>();
  const pressed = new Set<string>();
  const look = (): void => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-action]')) {
      seen.add(element.dataset['action'] ?? '');
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  for (const kind of ['click', 'change']) {
    document.addEventListener(
      kind,
      ({ target }) => {
        const action = target instanceof Element ? target.closest<HTMLElement>('[data-action]') : null;
        if (action !== null) pressed.add(action.dataset['action'] ?? '');
      },
      true,
    );
  }
  Object.assign(window, { untried: () => [...seen].filter((name) => !pressed.has(name)) });
}

const press = (name: string): Promise<void> => browser.page.locator(`[data-action="${name}"]`).first().click();
const open = (view: string): Promise<void> => browser.page.locator(`nav [data-view=${view}]`).click();
const row = (key: string): ReturnType<TestBrowser['page']['locator']> => browser.page.locator(`tr[data-key="${key}"]`);
const submit = (): Promise<void> => browser.page.locator('dialog button[type=submit]').click();
const fill = (name: string, value: string): Promise<void> => browser.page.locator(`dialog [name=${name}]`).fill(value);

/** Waits for a result that the page tells, and takes it away. */
async function tells(text: string): Promise<void> {
  const toast = browser.page.locator('.toast').filter({ hasText: text });
  await toast.first().waitFor();
  await toast.first().getByRole('button').click();
}

const bodiesIn = (queueName: string): readonly string[] =>
  shown.emulator
    .inspect()
    .messages({ queueName })
    .items.map(({ body }) => body);

describe('every button', () => {
  it('of queues and messages does what it says', async () => {
    const { page } = browser;
    const { operator } = shown.emulator;
    await row('work').click();
    await press('send');
    await fill('body', '{"n":0}');
    await fill('delaySeconds', '600');
    await submit();
    await tells('Sent message');
    await page.locator('main tbody .badge', { hasText: 'delayed' }).waitFor();
    await press('redrive');
    await tells('Made active: 1');
    await page.locator('main tbody .badge', { hasText: 'active' }).waitFor();

    for (let n = 1; n < 120; n += 1) operator.send({ queueName: 'work', body: `{"n":${n}}` });
    await page.getByText('1–100 of 120').waitFor();
    await press('next');
    await page.getByText('101–120 of 120').waitFor();
    await press('previous');
    await page.getByText('1–100 of 120').waitFor();
    await browser.shot('queues');

    const check = async (index: number): Promise<void> => {
      await page.locator('main input[type=checkbox]').nth(index).click();
      await page.getByText('1 selected').waitFor();
    };
    await check(0);
    await press('move');
    await browser.shot('dialog');
    await page.locator('dialog [name=toQueueName]').selectOption('spare');
    await submit();
    await tells('Moved to spare: 1');
    expect(bodiesIn('spare')).toEqual(['{"n":0}']);
    await check(1);
    await press('expire');
    await tells('Expired: 1');
    await check(1);
    await press('delete');
    await tells('Deleted: 1');
    await page.getByText('1–100 of 117').waitFor();
    expect(bodiesIn('work').slice(0, 3)).toEqual(['{"n":1}', '{"n":4}', '{"n":5}']);

    await page.locator('main tbody tr', { hasText: '{"n":4}' }).click();
    await press('expire-one');
    await tells('Expired: 1');
    await page.locator('main tbody tr', { hasText: '{"n":5}' }).click();
    await press('delete-one');
    await tells('Deleted: 1');
    await page.locator('main select').selectOption('inactive');
    await page.getByText('No message in this queue.').waitFor();
    await page.locator('main select').selectOption('');
    await press('purge');
    await submit();
    await tells('Purged: 115');
    expect(bodiesIn('work')).toEqual([]);
  });

  it('of topics publishes', async () => {
    await open('topics');
    await row('events').click();
    await browser.page.getByText('acs:mns:cn-hangzhou').waitFor();
    await press('publish');
    await fill('body', 'hello');
    await submit();
    await tells('Published message');
    await browser.shot('topics');
    await expect.poll(() => bodiesIn('work').length).toBe(1);
    await shown.consume();
  });

  it('of tasks ends and holds them', async () => {
    const { emulator } = shown;
    await open('tasks');
    const stateOf = (taskId: string): string => emulator.tasks.get(taskId).state;
    for (const [button, state] of [
      ['finish', 'succeeded'],
      ['fail', 'failed'],
    ] as const) {
      const taskId = await shown.newTask('oss://bkt/hold/a.docx');
      await row(taskId).click();
      await press('hold');
      await tells('runs until it is ended by hand');
      await press(button);
      if (button === 'finish') {
        await fill('result', '{"PageCount": 3');
        await submit();
        await browser.page.locator('dialog [role=alert]', { hasText: 'expected a JSON object' }).waitFor();
        await fill('result', '{"PageCount": 3}');
      }
      await submit();
      await tells(state);
      await browser.page.locator('.panel .badge', { hasText: state }).waitFor();
      expect(stateOf(taskId)).toBe(state);
    }
    await browser.shot('tasks');
  });

  it('of faults injects and removes them, and says what the API has against one', async () => {
    await open('faults');
    await press('add-fault');
    await browser.page.locator('dialog [name=kind]').selectOption('refuse');
    await fill('name', 'broken');
    await fill('probability', '2');
    await submit();
    const alert = browser.page.locator('dialog [role=alert]', { hasText: 'INVALID_ARGUMENT: fault.probability' });
    await alert.waitFor();
    await browser.shot('refused');
    await fill('probability', '1');
    await fill('members', '{"match": {"queueName": "empty"}}');
    await submit();
    await tells('Fault broken injected');
    expect(shown.emulator.faults.list()[0]?.fault).toMatchObject({ kind: 'refuse', match: { queueName: 'empty' } });
    await shown.receive('empty');
    await row('broken').locator('td', { hasText: /^1$/ }).waitFor();
    await browser.shot('faults');
    await press('remove-fault');
    await tells('Fault broken removed');
    expect(shown.emulator.faults.list()).toEqual([]);
  });

  it('of the clock moves it', async () => {
    const { clock } = shown.emulator;
    const { page } = browser;
    await open('clock');
    await page.getByLabel('frozen: stands still').click();
    await tells('The clock is frozen');
    const startMs = clock.now();
    for (const stepMs of [1000, 30_000, 300_000, 3_600_000, 86_400_000]) await press(`advance-${stepMs}`);
    await press('advance');
    await fill('seconds', '0.5');
    await submit();
    await expect.poll(() => clock.now() - startMs).toBe(90_331_500);
    shown.emulator.operator.purge({ queueName: 'work' });
    await shown.newTask();
    await press('advance-next');
    await expect.poll(() => shown.emulator.tasks.list().at(-1)?.state).toBe('succeeded');
    await page.locator('.toast').last().waitFor();
    await browser.shot('clock');
    await page.getByLabel('real: as the machine’s').click();
    await expect.poll(() => clock.now() - startMs).toBeLessThan(80_000_000);
    // Its event does not wait for the clock to be where it was.
    await expect.poll(() => shown.consume()).toBe(1);
    await page.keyboard.press('Escape');
  });

  it('of the head shows hints, keys, languages and colours; and none was left out', async () => {
    const { page } = browser;
    shown.emulator.operator.publish({ topicName: 'unheard', body: 'x' });
    await page.getByText('Hints: ').waitFor();
    await press('hints');
    await page.getByText('topic-without-subscription').waitFor();
    await browser.shot('hints');
    await press('close-notice');
    await press('help');
    await browser.shot('help');
    await press('close-notice');
    await press('language');
    await page.getByRole('heading', { name: '时钟' }).waitFor();
    await press('language');
    await page.locator('[data-action=scheme]').selectOption('dark');
    expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe('dark');
    await page.locator('[data-action=scheme]').selectOption('auto');
    await open('journal');
    await page.locator('main tbody tr', { hasText: 'published' }).first().click();
    await press('follow');
    await page.locator('.steps').waitFor();
    await press('close-panel');
    expect(await page.evaluate(() => (window as unknown as { untried(): string[] }).untried())).toEqual([]);
  });
});

describe('what happens', () => {
  it('is seen as it happens: a task from its creation to the delete of its message', async () => {
    const { page } = browser;
    await open('timeline');
    await page.locator('main select').selectOption('onlyTasks');
    const taskId = await shown.newTask();
    await row(taskId).locator('li[data-phase=unread][data-open=true]').waitFor();
    await expect.poll(() => shown.consume()).toBe(1);
    await row(taskId).locator('.badge', { hasText: 'done' }).waitFor();
    const phases = await row(taskId).locator('.course li').allTextContents();
    expect(phases.map((text) => text.split(' ').at(-1))).toEqual(['runs', 'event', 'delivery', 'unread', 'handling']);
    const [runs, event] = phases.map((text) => Number(/(\d+) ms/.exec(text)?.[1]));
    expect([runs, event]).toEqual(lagsOf(taskId));
    await row(taskId).click();
    await page.locator('.steps li').first().waitFor();
    const steps = await page.locator('.steps strong').allTextContents();
    expect(steps).toEqual(
      expect.arrayContaining(['task-submitted', 'task-ended', 'event-published', 'delivered', 'received', 'deleted']),
    );
    await page.locator('main select').selectOption('everything');
    await browser.shot('timeline');
    await page.keyboard.press('Escape');
  });

  it('is in the page within 200 ms of its entry in the journal', async () => {
    const { page } = browser;
    await open('queues');
    await row('work').click();
    await page.evaluate(watchMessages);
    const lagsMs: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const { messageId } = shown.emulator.operator.send({ queueName: 'work', body: `live ${n}` });
      const lagMs = await page.waitForFunction(
        (id) => (window as unknown as { lagOf(id: string): number | undefined }).lagOf(id),
        messageId,
      );
      lagsMs.push((await lagMs.jsonValue()) ?? Infinity);
    }
    const sorted = lagsMs.toSorted((a, b) => a - b);
    const [median = 0, worst = 0] = [sorted[7], sorted[14]];
    process.stdout.write(
      `from journal to page: median ${median.toFixed(1)} ms, longest ${worst.toFixed(1)} ms of ${sorted.length}\n`,
    );
    // Printed, not held: the longest is that of a machine which was busy with something else.
    expect(median).toBeLessThan(200);
    shown.emulator.operator.purge({ queueName: 'work' });
  });
});

/** How long a task ran, and how long its event took, by the journal of the emulator itself. */
function lagsOf(taskId: string): readonly number[] {
  const at = (kind: string): number =>
    shown.emulator.journal.about({ taskId }).find((entry) => entry.kind === kind)?.atMs ?? NaN;
  return [at('task-ended') - at('task-submitted'), at('event-published') - at('task-ended')];
}

/** Runs in the page: when an entry of a message came over a stream of its own, and when the message was in the table. */
function watchMessages(): Promise<void> {
  const told = new Map<string, number>();
  const drawn = new Map<string, number>();
  const stream = new EventSource('/_emulator/journal/stream?kind=sent');
  stream.addEventListener('message', ({ data }) => {
    told.set((JSON.parse(String(data)) as { messageId: string }).messageId, performance.now());
  });
  new MutationObserver(() => {
    for (const { dataset } of document.querySelectorAll<HTMLElement>('tr[data-key]')) {
      const id = dataset['key'] ?? '';
      if (!drawn.has(id)) drawn.set(id, performance.now());
    }
  }).observe(document.body, { childList: true, subtree: true });
  Object.assign(window, {
    lagOf: (id: string) => {
      const [from, to] = [told.get(id), drawn.get(id)];
      // Zero would count as not there yet.
      return from === undefined || to === undefined ? undefined : Math.max(0.1, to - from);
    },
  });
  return new Promise((resolve) => {
    stream.addEventListener('open', () => resolve());
  });
}

describe('hostile text', () => {
  it.each(Object.entries(HOSTILE))('in a body and a property is shown as text: %s', async (name, body) => {
    const { page } = browser;
    await open('queues');
    await row('work').click();
    const { messageId } = shown.emulator.operator.send({
      queueName: 'work',
      body,
      userProperties: [{ name: 'note', value: body.slice(0, 100), type: 'STRING' }],
    });
    await row(messageId).click();
    const text = page.locator('.panel pre').first();
    const expected = body.replaceAll(/[\u200d\u202e]/g, (one) => `⟨U+${one.charCodeAt(0).toString(16).toUpperCase()}⟩`);
    await expect.poll(() => text.textContent()).toBe(expected);
    expect(await page.locator('main img, main script, .panel img, .panel script').count()).toBe(0);
    expect(await page.title()).toBe('mnsbus emulator');
    await browser.shot(`hostile-${name}`);
    shown.emulator.operator.purge({ queueName: 'work' });
    await page.keyboard.press('Escape');
  });

  it('in the name of a fault, a hash and a filter is text, too', async () => {
    const { page } = browser;
    shown.emulator.faults.add({ kind: 'delay', delayMs: 0, name: HOSTILE.markup, match: { queueName: 'nowhere' } });
    await open('faults');
    await page.getByText(HOSTILE.markup.slice(0, 40)).first().waitFor();
    await press('remove-fault');
    await open('journal');
    await page.locator('#filter').fill(HOSTILE.markup.toLowerCase().slice(0, 20));
    await page.locator('main tbody tr', { hasText: 'remove-fault' }).first().waitFor();
    await browser.shot('journal');
    await page.locator('#filter').fill('');
    expect(await page.title()).toBe('mnsbus emulator');
  });
});

it('bears 10,000 messages without freezing', async () => {
  const { page } = browser;
  const { operator } = shown.emulator;
  await open('queues');
  await row('work').click();
  await page.evaluate(watchFrames);
  const body = JSON.stringify({ text: 'a'.repeat(200) });
  for (let n = 0; n < 10_000; n += 1) operator.send({ queueName: 'work', body });
  await page.getByText('1–100 of 10000').waitFor();
  for (const view of ['timeline', 'journal'] as const) {
    await open(view);
    await page.locator('main tbody tr').first().waitFor();
    for (let turn = 0; turn < 5; turn += 1) await page.mouse.wheel(0, 40_000);
  }
  await page.locator('#filter').fill('work');
  await open('queues');
  await press('next');
  await page.getByText('101–200 of 10000').waitFor();
  await browser.shot('many');
  const { longestFrameMs, longestTaskMs } = await page.evaluate(() =>
    (window as unknown as { frames(): { longestFrameMs: number; longestTaskMs: number } }).frames(),
  );
  process.stdout.write(
    `10,000 messages: longest frame ${longestFrameMs.toFixed(0)} ms, longest task ${longestTaskMs === 0 ? 'less than 50' : longestTaskMs.toFixed(0)} ms\n`,
  );
  expect(longestTaskMs).toBeLessThan(1000);
  expect(longestFrameMs).toBeLessThan(1000);
  expect(await page.locator('tr').count()).toBeLessThan(200);
  await open('journal');
  await page.locator('#filter').fill('');
  operator.purge({ queueName: 'work' });
});

/** Runs in the page: the longest time between two frames, and the longest task. */
function watchFrames(): void {
  let [last, longestFrameMs, longestTaskMs] = [performance.now(), 0, 0];
  const frame = (nowMs: number): void => {
    longestFrameMs = Math.max(longestFrameMs, nowMs - last);
    last = nowMs;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  }).observe({ type: 'longtask' });
  Object.assign(window, { frames: () => ({ longestFrameMs, longestTaskMs }) });
}

it('has had nothing to complain of but the fault that the API refused', () => {
  expect(browser.complaints).toEqual([expect.stringContaining('status of 400')]);
});
