import { createRequire } from 'node:module';

/** XML as `ali-mns` turns it into objects: one element is an object, several are a list. */
export type XmlObject = Readonly<Record<string, unknown>>;

/** An account of `ali-mns`. */
export interface AliAccount {
  setGA(isOn: boolean): void;
  setHttps(isOn: boolean): void;
}

/** The queues of an account. */
export interface AliMns {
  listP(prefix?: string, pageSize?: number, pageMarker?: string): Promise<XmlObject>;
  createP(name: string, options?: object): Promise<unknown>;
  deleteP(name: string): Promise<unknown>;
}

/** The queues and topics of an account. */
export interface AliMnsTopic extends AliMns {
  listTopicP(prefix?: string, pageSize?: number, pageMarker?: string): Promise<XmlObject>;
  createTopicP(name: string, options?: object): Promise<unknown>;
  deleteTopicP(name: string): Promise<unknown>;
}

/** A message of a batch. */
export type AliMessage = object;

/** One queue. */
export interface AliQueue {
  getAttrsP(): Promise<XmlObject>;
  setAttrsP(options: object): Promise<unknown>;
  sendP(message: string, priority?: number, delaySeconds?: number): Promise<XmlObject>;
  recvP(waitSeconds?: number): Promise<XmlObject>;
  peekP(): Promise<XmlObject>;
  deleteP(receiptHandle: string): Promise<unknown>;
  reserveP(receiptHandle: string, seconds: number): Promise<XmlObject>;
  notifyRecv(listener: (error: unknown, message: XmlObject) => boolean, waitSeconds?: number): void;
  notifyStopP(): Promise<unknown>;
}

/** One queue, several messages at a time. */
export interface AliBatchQueue {
  sendP(messages: string | readonly AliMessage[], priority?: number, delaySeconds?: number): Promise<XmlObject>;
  recvP(waitSeconds?: number, count?: number): Promise<XmlObject>;
  peekP(count?: number): Promise<XmlObject>;
  deleteP(receiptHandles: readonly string[]): Promise<unknown>;
  notifyRecv(listener: (error: unknown, message: XmlObject) => boolean, waitSeconds?: number, count?: number): void;
  notifyStopP(): Promise<unknown>;
}

/** One topic. */
export interface AliTopic {
  getAttrsP(): Promise<XmlObject>;
  setAttrsP(options: object): Promise<unknown>;
  listP(prefix?: string, pageSize?: number, pageMarker?: string): Promise<XmlObject>;
  subscribeP(name: string, endpoint: string, strategy?: string, format?: string, filterTag?: string): Promise<unknown>;
  unsubscribeP(name: string): Promise<unknown>;
  publishP(message: string, isBase64?: boolean, tag?: string, attributes?: object): Promise<XmlObject>;
}

/** One subscription. */
export interface AliSubscription {
  getAttrsP(): Promise<XmlObject>;
  setAttrsP(options: object): Promise<unknown>;
}

/** The classes of `ali-mns` 2.6.8. Its own types declare globals and clash with those of the language. */
export interface AliMnsModule {
  readonly Account: new (accountId: string, keyId: string, keySecret: string) => AliAccount;
  readonly MNS: new (account: AliAccount, region?: string) => AliMns;
  readonly MNSTopic: new (account: AliAccount, region?: string) => AliMnsTopic;
  readonly Msg: new (message: string, priority?: number, delaySeconds?: number) => AliMessage;
  readonly MQ: new (name: string, account: AliAccount, region?: string) => AliQueue;
  readonly MQBatch: new (name: string, account: AliAccount, region?: string) => AliBatchQueue;
  readonly Topic: new (name: string, account: AliAccount, region?: string) => AliTopic;
  readonly Subscription: new (name: string, topic: AliTopic) => AliSubscription;
}

/** Loads the unmodified client. */
export function loadAliMns(): AliMnsModule {
  return createRequire(import.meta.url)('ali-mns') as AliMnsModule;
}
