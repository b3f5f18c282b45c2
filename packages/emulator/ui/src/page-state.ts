import type {
  ClockView,
  FaultView,
  Hint,
  InspectedAccount,
  JournalEntry,
  PendingDelivery,
  QueueView,
  StoredMessageView,
  Subscription,
  TaskView,
  TopicView,
} from './model/views.js';
import type { Language } from './text/texts.js';

/** The views, in the order of the navigation. */
export const VIEWS = ['queues', 'topics', 'tasks', 'timeline', 'journal', 'faults', 'clock'] as const;

/** A view. */
export type ViewName = (typeof VIEWS)[number];

/** Which colours: those of the system, or one of the two sets. */
export type Scheme = 'auto' | 'light' | 'dark';

/** Whose resources are shown. */
export interface ShownTenant {
  readonly accountId: string;
  readonly region: string;
}

/** The messages of a queue that are shown: a page of them. */
export interface MessagePage {
  readonly queueName: string;
  /** Empty for every state. */
  readonly state: '' | StoredMessageView['state'];
  /** The marker of each page on the way to this one; empty for the first. */
  readonly trail: readonly string[];
  readonly items: readonly StoredMessageView[];
  readonly nextMarker: string | undefined;
  /** The ids of the messages that are selected. */
  readonly chosen: ReadonlySet<string>;
}

/** What stands in the side panel. */
export type Panel =
  | { readonly kind: 'message'; readonly message: StoredMessageView }
  | { readonly kind: 'task'; readonly task: TaskView }
  | { readonly kind: 'trace'; readonly id: string }
  | { readonly kind: 'entry'; readonly entry: JournalEntry };

/** A value that a dialog asks for. */
export interface DialogField {
  readonly name: string;
  readonly label: string;
  readonly kind: 'line' | 'area' | 'number' | 'choice';
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help?: string;
  readonly isRequired?: boolean;
}

/** A question, and what happens with its answer. */
export interface DialogSpec {
  readonly title: string;
  readonly submit: string;
  readonly isDangerous?: boolean;
  readonly fields: readonly DialogField[];
  /** Gives what to tell of it; what it rejects with is shown in the dialog, which stays. */
  readonly act: (values: Readonly<Record<string, string>>) => Promise<string>;
}

/** A result, or what went wrong. */
export interface Toast {
  readonly id: number;
  readonly isError: boolean;
  readonly text: string;
}

/** Everything that the page shows. */
export interface PageState {
  readonly view: ViewName;
  readonly language: Language;
  readonly scheme: Scheme;
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly needsToken: boolean;
  /** Absent until the server has told its default. */
  readonly tenant: ShownTenant | undefined;
  readonly accounts: readonly InspectedAccount[];
  readonly clock: ClockView | undefined;
  /** `undefined`, as every list here, until it has been read. */
  readonly queues: readonly QueueView[] | undefined;
  readonly messages: MessagePage | undefined;
  readonly topics: readonly TopicView[] | undefined;
  readonly topicName: string | undefined;
  readonly subscriptions: readonly Subscription[] | undefined;
  readonly deliveries: readonly PendingDelivery[];
  readonly tasks: readonly TaskView[] | undefined;
  readonly faults: readonly FaultView[] | undefined;
  readonly hints: readonly Hint[];
  /** The entries that the page keeps, oldest first. The list grows in place; its length and `journalVersion` tell. */
  readonly journal: readonly JournalEntry[];
  readonly journalVersion: number;
  readonly journalFilter: string;
  readonly timelineShows: 'everything' | 'onlyTasks' | 'onlyMessages';
  readonly areHintsOpen: boolean;
  readonly isHelpOpen: boolean;
  readonly panel: Panel | undefined;
  readonly dialog: DialogSpec | undefined;
  readonly toasts: readonly Toast[];
}
