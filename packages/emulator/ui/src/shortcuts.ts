import { askAdvance } from './actions/clock-actions.js';
import { askFault } from './actions/fault-actions.js';
import { askPublish, askSend } from './actions/message-actions.js';
import type { Page } from './page.js';
import { VIEWS, type Scheme } from './page-state.js';

const NEXT_SCHEME: Readonly<Record<Scheme, Scheme>> = { auto: 'light', light: 'dark', dark: 'auto' };

/** What a key does, wherever the focus is but in a field. */
const KEYS: Readonly<Record<string, (page: Page) => void>> = {
  '?': (page) => page.set({ isHelpOpen: true }),
  h: (page) => page.set({ areHintsOpen: true }),
  l: (page) => page.setLanguage(page.state.language === 'en' ? 'zh' : 'en'),
  t: (page) => page.setScheme(NEXT_SCHEME[page.state.scheme]),
  f: askFault,
  a: askAdvance,
  s: (page) => {
    const { messages } = page.state;
    if (messages !== undefined) askSend(page, messages.queueName);
  },
  p: (page) => {
    const { topicName } = page.state;
    if (topicName !== undefined) askPublish(page, topicName);
  },
  '/': (page) => {
    page.open('journal');
    requestAnimationFrame(() => document.querySelector<HTMLElement>('#filter')?.focus());
  },
  Escape: (page) => page.set({ panel: undefined, toasts: [] }),
  ...Object.fromEntries(VIEWS.map((view, index) => [String(index + 1), (page: Page) => page.open(view)])),
};

/** Lets keys act on the page. */
export function listenToKeys(page: Page): void {
  document.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const isTyping =
      target instanceof Element && target.closest('input:not([type=checkbox], [type=radio]), textarea, select, dialog');
    // A dialog may have been asked for and not been drawn yet: what is typed is meant for it.
    const isAsked = page.state.needsToken || page.state.dialog !== undefined;
    if (Boolean(isTyping) || ctrlKey || metaKey || altKey || isAsked) return;
    const act = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (act === undefined || event.defaultPrevented) return;
    event.preventDefault();
    act(page);
  });
}
