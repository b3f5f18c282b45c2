import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

export type { Browser };

/** Where Debian and its kin put it. */
const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where screenshots are left for whoever wants to look. */
const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots/', import.meta.url));

/** How a browser differs from the usual one. */
export interface BrowserChoice {
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly headers?: Readonly<Record<string, string>>;
  readonly width?: number;
}

/** A page in a profile of its own, and what it complained of. */
export interface TestBrowser {
  readonly page: Page;
  /** Errors of scripts, refusals of the policy, and whatever else went to the console. */
  readonly complaints: string[];
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a real browser, with more flags of its own. Rejects when this machine has none: a page that no browser has drawn is not tested. */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `expected Chromium at ${CHROMIUM}, found none: apt-get install -y --no-install-recommends chromium (.ci/run does)`,
    );
  }
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });
}

/** Opens a page. */
export async function openPage(browser: Browser, choice: BrowserChoice = {}): Promise<TestBrowser> {
  const { locale = 'en-US', colorScheme = 'light', headers = {}, width = 1400 } = choice;
  const context = await browser.newContext({
    locale,
    colorScheme,
    viewport: { width, height: 850 },
    extraHTTPHeaders: { ...headers },
  });
  const complaints: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  await mkdir(SCREENSHOTS, { recursive: true });
  return {
    page,
    complaints,
    shot: async (name) => {
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
    },
    close: () => context.close(),
  };
}
