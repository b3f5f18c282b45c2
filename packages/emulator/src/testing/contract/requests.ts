import type { ContractRequest } from './contract-target.js';

const NAMESPACE = 'xmlns="http://mns.aliyuncs.com/doc/v1/"';

/** A message to be sent; what is absent is left to the queue. */
export interface Draft {
  readonly body: string;
  readonly delaySeconds?: number | undefined;
  readonly priority?: number | undefined;
}

/** What a queue can be told. */
export type QueueSettings = Readonly<Partial<Record<QueueSetting, number>>>;
type QueueSetting =
  | 'DelaySeconds'
  | 'MaximumMessageSize'
  | 'MessageRetentionPeriod'
  | 'VisibilityTimeout'
  | 'PollingWaitSeconds';

/** In which of its spellings a receipt handle travels (spec mns §2.11, §7.2). */
export type HandleSpelling = 'raw' | 'encoded' | 'lower case';

export function createQueue(name: string, settings: QueueSettings = {}): ContractRequest {
  return put('CreateQueue', `/queues/${name}`, document('Queue', elements(settings)));
}

export function setQueueAttributes(name: string, settings: QueueSettings): ContractRequest {
  return put('SetQueueAttributes', `/queues/${name}?metaoverride=true`, document('Queue', elements(settings)));
}

export function getQueueAttributes(name: string): ContractRequest {
  return { operation: 'GetQueueAttributes', method: 'GET', resource: `/queues/${name}`, root: 'Queue', body: '' };
}

export function deleteQueue(name: string): ContractRequest {
  return { operation: 'DeleteQueue', method: 'DELETE', resource: `/queues/${name}`, root: '', body: '' };
}

export function sendMessage(queue: string, draft: Draft): ContractRequest {
  const body = document('Message', draftXml(draft));
  return { operation: 'SendMessage', method: 'POST', resource: messages(queue), root: 'Message', body };
}

export function sendMessages(queue: string, drafts: readonly Draft[]): ContractRequest {
  const body = document('Messages', drafts.map((draft) => `<Message>${draftXml(draft)}</Message>`).join(''));
  return { operation: 'BatchSendMessage', method: 'POST', resource: messages(queue), root: 'Messages', body };
}

/** Without `count` it is a ReceiveMessage, with it a BatchReceiveMessage. */
export function receiveMessages(
  queue: string,
  { count, waitSeconds, signal }: { count?: number; waitSeconds?: number; signal?: AbortSignal } = {},
): ContractRequest {
  const query = [
    ...(count === undefined ? [] : [`numOfMessages=${count}`]),
    ...(waitSeconds === undefined ? [] : [`waitseconds=${waitSeconds}`]),
  ].join('&');
  return {
    operation: count === undefined ? 'ReceiveMessage' : 'BatchReceiveMessage',
    method: 'GET',
    resource: query === '' ? messages(queue) : `${messages(queue)}?${query}`,
    root: count === undefined ? 'Message' : 'Messages',
    body: '',
    ...(signal === undefined ? {} : { signal }),
  };
}

export function peekMessages(queue: string, count: number): ContractRequest {
  const resource = `${messages(queue)}?peekonly=true&numOfMessages=${count}`;
  return { operation: 'BatchPeekMessage', method: 'GET', resource, root: 'Messages', body: '' };
}

export function deleteMessage(queue: string, handle: string, spelling: HandleSpelling = 'raw'): ContractRequest {
  const resource = `${messages(queue)}?${handleQuery(handle, spelling)}`;
  return { operation: 'DeleteMessage', method: 'DELETE', resource, root: '', body: '' };
}

export function deleteMessages(queue: string, handles: readonly string[]): ContractRequest {
  const list = handles.map((handle) => `<ReceiptHandle>${xmlText(handle)}</ReceiptHandle>`).join('');
  const body = document('ReceiptHandles', list);
  return { operation: 'BatchDeleteMessage', method: 'DELETE', resource: messages(queue), root: 'Errors', body };
}

export function changeVisibility(
  queue: string,
  handle: string,
  seconds: number,
  spelling: HandleSpelling = 'raw',
): ContractRequest {
  const timeout = spelling === 'lower case' ? 'visibilityTimeout' : 'VisibilityTimeout';
  const resource = `${messages(queue)}?${handleQuery(handle, spelling)}&${timeout}=${seconds}`;
  return { operation: 'ChangeMessageVisibility', method: 'PUT', resource, root: 'ChangeVisibility', body: '' };
}

export function createTopic(name: string): ContractRequest {
  return put('CreateTopic', `/topics/${name}`, document('Topic', ''));
}

export function deleteTopic(name: string): ContractRequest {
  return { operation: 'DeleteTopic', method: 'DELETE', resource: `/topics/${name}`, root: '', body: '' };
}

/** A subscription of a queue, which gets the published body and nothing else. */
export function subscribe(
  topic: string,
  name: string,
  { endpoint, filterTag }: { endpoint: string; filterTag?: string | undefined },
): ContractRequest {
  const tag = filterTag === undefined ? '' : `<FilterTag>${xmlText(filterTag)}</FilterTag>`;
  const format = '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>';
  const body = document('Subscription', `<Endpoint>${xmlText(endpoint)}</Endpoint>${tag}${format}`);
  return put('Subscribe', `/topics/${topic}/subscriptions/${name}`, body);
}

export function publishMessage(topic: string, body: string, tag?: string): ContractRequest {
  const tagXml = tag === undefined ? '' : `<MessageTag>${xmlText(tag)}</MessageTag>`;
  const xml = document('Message', `<MessageBody>${xmlText(body)}</MessageBody>${tagXml}`);
  return {
    operation: 'PublishMessage',
    method: 'POST',
    resource: `/topics/${topic}/messages`,
    root: 'Message',
    body: xml,
  };
}

function put(operation: string, resource: string, body: string): ContractRequest {
  return { operation, method: 'PUT', resource, root: '', body };
}

function messages(queue: string): string {
  return `/queues/${queue}/messages`;
}

function document(root: string, content: string): string {
  return `<${root} ${NAMESPACE}>${content}</${root}>`;
}

function draftXml({ body, delaySeconds, priority }: Draft): string {
  const text = `<MessageBody>${xmlText(body)}</MessageBody>`;
  return text + elements({ DelaySeconds: delaySeconds, Priority: priority });
}

function elements(values: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
}

function handleQuery(handle: string, spelling: HandleSpelling): string {
  const name = spelling === 'lower case' ? 'receiptHandle' : 'ReceiptHandle';
  return `${name}=${spelling === 'encoded' ? encodeURIComponent(handle) : handle}`;
}

/** Escapes a text for XML; a bare CR would be read as LF (XML 1.0 §2.11). */
function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}
