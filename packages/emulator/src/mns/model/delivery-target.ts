import { checkName } from './resource-name.js';

/** A queue of the topic's own tenant. */
export interface QueueTarget {
  readonly kind: 'queue';
  readonly queueName: string;
}

/** A web server that gets each message as a signed POST (spec mns §5.5). */
export interface HttpTarget {
  readonly kind: 'http';
  /** Absolute, with the path that is posted to. */
  readonly url: string;
}

/** A mail box (spec mns §5.7). */
export interface MailTarget {
  readonly kind: 'mail';
  readonly address: string;
}

/** A telephone (spec mns §5.7). */
export interface SmsTarget {
  readonly kind: 'sms';
  /** Which of Alibaba Cloud’s senders: the present one, or the one before it, which one client still names. */
  readonly service: 'directsms' | 'dayu';
  /** A number; `anonymous` leaves the receiver to each message. */
  readonly phone: string;
}

/** The telephones on which an app is installed (spec mns §2.16, §5.7). */
export interface AppTarget {
  readonly kind: 'app';
  /** Names the app where mobile push is set up. */
  readonly appKey: string;
}

/** Where a subscription delivers to. */
export type DeliveryTarget = QueueTarget | HttpTarget | MailTarget | SmsTarget | AppTarget;

/** The path that a push goes to whose endpoint has none (spec mns §5.5). */
export const DEFAULT_PUSH_PATH = '/notifications';

/** The most digits of a telephone number, and the fewest. */
export const PHONE_DIGITS: { readonly low: number; readonly high: number } = { low: 3, high: 20 };

const QUEUE = /^acs:mns:[^:/\s]*:[^:/\s]*:queues\/([^/\s]+)$/;
const HTTP_URL = /^https?:\/\/[^\s/?#\\]+(?<path>\/[^\s?#]*)?(?:[?#]\S*)?$/i;
const MAIL = /^mail:directmail:([^\s@]+@[^\s@]+)$/;
const SMS = new RegExp(`^sms:(directsms|dayu):(anonymous|\\+?\\d{${PHONE_DIGITS.low},${PHONE_DIGITS.high}})$`);
const APP = /^push:([\w.-]{1,128})$/;

/**
 * Where an endpoint leads (spec mns §2.16): `acs:mns:{region}:{account}:queues/{queue}`, `http://…`, `https://…`,
 * `mail:directmail:{address}`, `sms:directsms:{phone}` or `sms:dayu:{phone}`, where `anonymous` may stand for the phone, or
 * `push:{appKey}`; `undefined` for any other.
 *
 * Only the name of a queue counts: clients at a bare address write parts of it as region and account (spec mns §1.1, §11.10).
 */
export function parseEndpoint(endpoint: string): DeliveryTarget | undefined {
  return parseQueue(endpoint) ?? parseUrl(endpoint) ?? parseMail(endpoint) ?? parseSms(endpoint) ?? parseApp(endpoint);
}

function parseQueue(endpoint: string): QueueTarget | undefined {
  const queueName = QUEUE.exec(endpoint)?.[1];
  if (queueName === undefined || checkName('queue', queueName) !== undefined) return undefined;
  return { kind: 'queue', queueName };
}

/** No user name or password: the header that would carry them carries the signature. */
function parseUrl(endpoint: string): HttpTarget | undefined {
  const match = HTTP_URL.exec(endpoint);
  if (match === null || !URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  if (url.username !== '' || url.password !== '') return undefined;
  if (match.groups?.['path'] === undefined) url.pathname = DEFAULT_PUSH_PATH;
  url.hash = '';
  return { kind: 'http', url: url.href };
}

function parseMail(endpoint: string): MailTarget | undefined {
  const address = MAIL.exec(endpoint)?.[1];
  return address === undefined ? undefined : { kind: 'mail', address };
}

function parseSms(endpoint: string): SmsTarget | undefined {
  const [, service, phone] = SMS.exec(endpoint) ?? [];
  return phone === undefined ? undefined : { kind: 'sms', service: service === 'dayu' ? service : 'directsms', phone };
}

function parseApp(endpoint: string): AppTarget | undefined {
  const appKey = APP.exec(endpoint)?.[1];
  return appKey === undefined ? undefined : { kind: 'app', appKey };
}
