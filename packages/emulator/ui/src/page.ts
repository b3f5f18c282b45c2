import { ApiClient, ApiRefusal, isForToken } from './api-client.js';
import { JournalFeed } from './journal-feed.js';
import { TraceBook } from './model/traces.js';
import type { JournalEntry } from './model/views.js';
import { VIEWS, type DialogSpec, type PageState, type Scheme, type ShownTenant, type ViewName } from './page-state.js';
import { loadFrame, loadView } from './page-loads.js';
import { sayIn, type Language, type Say } from './text/texts.js';

/** Most entries of the journal that the page keeps: as many as the emulator does. */
const MAX_ENTRIES = 10_000;

/** Milliseconds between two looks at what passes with time alone, such as a delayed message that becomes active. */
const PULSE_MS = 1000;

/** Most results that are shown at once. */
const MAX_TOASTS = 4;

/** The page apart from its looks: what it shows, what keeps that fresh, and what its buttons do. */
export class Page {
  readonly api: ApiClient = new ApiClient();
  readonly traces: TraceBook = new TraceBook();
  #state: PageState;
  #journal: JournalEntry[] = [];
  #listener = (): void => {};
  #isFramed = false;
  #isLoading = false;
  #isStale = false;
  #toastCount = 0;

  constructor() {
    const view = VIEWS.find((name) => location.hash === `#${name}`) ?? 'queues';
    const language = localStorage.getItem('mnsbus-language') ?? navigator.language.slice(0, 2);
    const scheme = localStorage.getItem('mnsbus-scheme');
    this.#state = {
      view,
      language: language === 'zh' ? 'zh' : 'en',
      scheme: scheme === 'light' || scheme === 'dark' ? scheme : 'auto',
      connection: 'connecting',
      needsToken: false,
      tenant: undefined,
      accounts: [],
      clock: undefined,
      queues: undefined,
      messages: undefined,
      topics: undefined,
      topicName: undefined,
      subscriptions: undefined,
      deliveries: [],
      tasks: undefined,
      faults: undefined,
      hints: [],
      journal: this.#journal,
      journalVersion: 0,
      journalFilter: '',
      timelineShows: 'everything',
      areHintsOpen: false,
      isHelpOpen: false,
      panel: undefined,
      dialog: undefined,
      toasts: [],
    };
  }

  get state(): PageState {
    return this.#state;
  }

  /** Says something in the language of the page. */
  get say(): Say {
    return sayIn(this.#state.language);
  }

  /** Connects; `listener` is told when there is something else to show, once in a frame. */
  start(listener: () => void): void {
    this.#listener = listener;
    this.#applyLooks();
    window.addEventListener('hashchange', () => {
      const view = VIEWS.find((name) => location.hash === `#${name}`);
      if (view !== undefined && view !== this.#state.view) this.open(view);
    });
    setInterval(() => {
      if (!document.hidden) this.refresh();
    }, PULSE_MS);
    this.#connect();
  }

  /** Changes what is shown. */
  set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#isFramed) return;
    this.#isFramed = true;
    // A page that nobody sees gets no frames, and is to be right when it is looked at again.
    const inFrame = document.hidden ? queueMicrotask : requestAnimationFrame;
    inFrame(() => {
      this.#isFramed = false;
      this.#listener();
    });
  }

  open(view: ViewName): void {
    history.replaceState(null, '', `#${view}`);
    this.set({ view, panel: undefined });
    this.refresh();
  }

  setLanguage(language: Language): void {
    localStorage.setItem('mnsbus-language', language);
    this.set({ language });
    this.#applyLooks();
  }

  setScheme(scheme: Scheme): void {
    localStorage.setItem('mnsbus-scheme', scheme);
    this.set({ scheme });
    this.#applyLooks();
  }

  setTenant(tenant: ShownTenant): void {
    this.set({
      tenant,
      queues: undefined,
      topics: undefined,
      messages: undefined,
      topicName: undefined,
      subscriptions: undefined,
      panel: undefined,
    });
    this.refresh();
  }

  /** Takes up a token that somebody has typed. */
  enter(token: string): void {
    this.api.keepToken(token);
    this.set({ needsToken: false, connection: 'connecting' });
    this.#connect();
  }

  ask(dialog: DialogSpec): void {
    this.set({ dialog });
  }

  /** Does something at once, and tells its result or what the API says against it. */
  async act(action: () => Promise<string>): Promise<void> {
    try {
      this.tell(await action());
    } catch (error) {
      this.tell(textOf(error), true);
    }
    this.refresh();
  }

  tell(text: string, isError = false): void {
    const toast = { id: ++this.#toastCount, isError, text };
    this.set({ toasts: [...this.#state.toasts, toast].slice(-MAX_TOASTS) });
  }

  dismiss(id: number): void {
    this.set({ toasts: this.#state.toasts.filter((toast) => toast.id !== id) });
  }

  /**
   * Reads anew what the view shows. However often it is asked for, there is one reading at a time, and after each a rest
   * of the same length: an emulator under load does not spend more than half of its time on this page.
   */
  refresh(): void {
    this.#isStale = true;
    if (this.#isLoading || this.#state.needsToken) return;
    void this.#load();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    while (this.#isStale) {
      this.#isStale = false;
      const begunMs = performance.now();
      try {
        // The view first, alone: what happens shall be seen at once, and a browser has few connections.
        for (const load of [loadView, loadFrame]) {
          const update = await load(this.api, this.#state);
          this.set(update(this.#state));
        }
      } catch (error) {
        // A connection that is lost shows as such; it is found again by the feed.
        if (error instanceof ApiRefusal && error.status !== 0 && !isForToken(error)) this.tell(textOf(error), true);
      }
      const restMs = Math.min(performance.now() - begunMs, PULSE_MS);
      await new Promise((resolve) => {
        setTimeout(resolve, restMs);
      });
    }
    this.#isLoading = false;
  }

  #connect(): void {
    const feed = new JournalFeed(this.api, {
      onEntries: (entries) => this.#take(entries),
      onGap: () => {
        this.traces.clear();
        this.#journal.length = 0;
        this.tell(this.say('gap'));
      },
      onState: (connection) => {
        this.set({ connection });
        if (connection === 'live') this.refresh();
      },
      onTokenRequired: () => this.set({ needsToken: true }),
    });
    void feed.run();
  }

  #take(entries: readonly JournalEntry[]): void {
    for (const entry of entries) this.traces.add(entry);
    this.#journal.push(...entries);
    // Cut by a tenth at once, so that a full journal does not move its whole length with each entry.
    if (this.#journal.length > MAX_ENTRIES * 1.1) this.#journal.splice(0, this.#journal.length - MAX_ENTRIES);
    this.set({ journalVersion: this.#state.journalVersion + 1 });
    this.refresh();
  }

  #applyLooks(): void {
    const { language, scheme } = this.#state;
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.dataset['scheme'] = scheme;
    document.title = this.say('title');
  }
}

/** What to say of something thrown: the API's words, and its code, which can be looked up. */
export function textOf(error: unknown): string {
  if (error instanceof ApiRefusal) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
