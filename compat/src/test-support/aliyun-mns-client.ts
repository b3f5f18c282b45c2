import { createRequire } from 'node:module';

/** What a call ends with: XML as objects, with the HTTP status added. */
export type Outcome = Readonly<Record<string, unknown>>;

/** How this client tells what became of a call; it also returns a promise of the same. */
export type Callback<T = Outcome> = (error: unknown, outcome?: T) => void;

/** The messages of a queue. */
export interface AliyunQueueMessages {
  send(message: string | object | readonly (string | object)[], callback?: Callback): Promise<Outcome>;
  receive(count?: number, waitSeconds?: number, callback?: Callback): Promise<Outcome | readonly Outcome[]>;
  peek(count?: number, callback?: Callback): Promise<Outcome | readonly Outcome[]>;
  delete(handle: string | readonly string[], callback?: Callback): Promise<Outcome>;
  visibility(handle: string, seconds: number, callback?: Callback): Promise<Outcome>;
  subscribe(
    delaySeconds: number,
    count: number,
    waitSeconds: number,
    callback: (error: unknown, messages: readonly Outcome[] | undefined, next: () => void) => void,
  ): void;
}

/** One queue. */
export interface AliyunQueue {
  message(): AliyunQueueMessages;
  connect(callback?: Callback): Promise<Outcome>;
  create(override?: boolean, callback?: Callback): Promise<Outcome>;
  delete(callback?: Callback): Promise<Outcome>;
  get(callback?: Callback): Promise<Outcome>;
  list(headers?: object, callback?: Callback): Promise<Outcome>;
}

/** One subscription of a topic. */
export interface AliyunSubscription {
  subscribe(override?: boolean, callback?: Callback): Promise<Outcome>;
  unsubscribe(callback?: Callback): Promise<Outcome>;
  get(callback?: Callback): Promise<Outcome>;
  list(headers?: object, callback?: Callback): Promise<Outcome>;
}

/** One topic. */
export interface AliyunTopic {
  message(): { publish(message: string | object, callback?: Callback): Promise<Outcome> };
  subscription(name: string, options?: string | object): AliyunSubscription;
  create(override?: boolean, callback?: Callback): Promise<Outcome>;
  delete(callback?: Callback): Promise<Outcome>;
  get(callback?: Callback): Promise<Outcome>;
  list(headers?: object, callback?: Callback): Promise<Outcome>;
}

/** The client `aliyun-mns` 1.2.1. */
export interface AliyunMns {
  queue(name: string, options?: object): AliyunQueue;
  topic(name: string, options?: object | number): AliyunTopic;
}

/** The class of the unmodified client. */
export type AliyunMnsClass = new (options: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly endpoint: string;
  readonly apiVersion: string;
}) => AliyunMns;

/** Loads the client, or tells why it cannot be: its XML parser has to be compiled for the machine. */
export function loadAliyunMns(): { readonly Client: AliyunMnsClass } | { readonly whyNot: string } {
  try {
    return { Client: createRequire(import.meta.url)('aliyun-mns') as AliyunMnsClass };
  } catch (error) {
    return { whyNot: error instanceof Error ? error.message : String(error) };
  }
}
