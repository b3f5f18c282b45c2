import type { Draw } from '../drawing/draw.js';
import { anyText, mutatedJson, numberText } from '../drawing/hostile-values.js';
import { markup, type Markup } from '../drawing/xml.js';
import type { Memory } from './memory.js';

/** A receipt handle: mostly one that was given out, now and then damaged. */
export function handle(draw: Draw, memory: Memory): string {
  const known = memory.recall('receiptHandle', draw);
  if (known === undefined || draw.once(8)) {
    return draw.one([
      '',
      'none',
      '1-A',
      '8-MTYyOS0wLTA=',
      '=',
      '==',
      '%',
      '%3D',
      '+',
      'x'.repeat(5000),
      '漢',
      '1-a&b=c',
    ]);
  }
  if (!draw.once(6)) return known;
  const at = draw.integer(0, known.length - 1);
  return draw.one([
    known.slice(0, at),
    `${known}=`,
    encodeURIComponent(known),
    known.slice(0, at) + (known[at] === 'A' ? 'B' : 'A') + known.slice(at + 1),
  ]);
}

/** The body of a batch delete. */
export function handlesBody(draw: Draw, memory: Memory): Markup {
  const item = draw.one(['ReceiptHandle', 'ReceiptHandle', 'receiptHandle']);
  return markup(
    'ReceiptHandles',
    draw.some(draw.once(6) ? 17 : 4, () => markup(item, handle(draw, memory))),
  );
}

function attributes(draw: Draw, rows: readonly (readonly [string, () => string])[]): readonly Markup[] {
  return rows.filter(() => draw.once(5)).map(([name, value]) => markup(name, value()));
}

const anyFlag = (draw: Draw): string => draw.one(['true', 'false', 'True', 'FALSE', '1', '', 'yes']);

/** The body of a queue that is made or changed. */
export function queueBody(draw: Draw): Markup {
  return markup(
    'Queue',
    attributes(draw, [
      ['DelaySeconds', () => numberText(draw, 0, draw.one([5, 604_800]))],
      ['MaximumMessageSize', () => numberText(draw, 1024, 65_536)],
      ['MessageRetentionPeriod', () => numberText(draw, 60, draw.one([120, 604_800]))],
      ['VisibilityTimeout', () => numberText(draw, 1, draw.one([10, 43_200]))],
      ['PollingWaitSeconds', () => numberText(draw, 0, 30)],
      ['LoggingEnabled', () => anyFlag(draw)],
    ]),
  );
}

/** The body of a topic that is made or changed. */
export function topicBody(draw: Draw): Markup {
  return markup(
    'Topic',
    attributes(draw, [
      ['MaximumMessageSize', () => numberText(draw, 1024, 65_536)],
      ['LoggingEnabled', () => anyFlag(draw)],
    ]),
  );
}

/** The body of a send. */
export function queueMessage(draw: Draw): Markup {
  return markup('Message', [
    ...(draw.once(30) ? [] : [markup('MessageBody', anyText(draw))]),
    ...attributes(draw, [
      ['DelaySeconds', () => numberText(draw, 0, draw.one([5, 604_800]))],
      ['Priority', () => numberText(draw, 1, 16)],
      ['MessageGroupId', () => anyText(draw)],
    ]),
    ...properties(draw),
  ]);
}

/** The body of a batch send. */
export function batchBody(draw: Draw): Markup {
  return markup(
    'Messages',
    draw.some(draw.once(6) ? 18 : 4, () => queueMessage(draw)),
  );
}

function properties(draw: Draw): readonly Markup[] {
  return [
    ...(draw.once(6) ? [propertyList(draw, 'UserProperties', 'PropertyValue')] : []),
    ...(draw.once(12) ? [propertyList(draw, 'SystemProperties', 'SystemPropertyValue')] : []),
  ];
}

function propertyList(draw: Draw, list: string, item: string): Markup {
  const one = (): Markup =>
    markup(item, [
      markup(
        'Name',
        draw.one(['k', 'a.b', 'traceparent', 'baggage', 'DLQSourceArn', 'k', 'a..b', '', '__proto__', 'x'.repeat(257)]),
      ),
      markup('Value', anyText(draw)),
      markup('Type', draw.one(['STRING', 'STRING', 'NUMBER', 'BOOLEAN', 'BINARY', 'string', ''])),
    ]);
  return markup(list, draw.some(draw.once(20) ? 52 : 3, one));
}

const MAIL = { AccountAddress: 'a@b.c', Subject: 's', AddressType: 0, IsHtml: true, ReplyToAddress: 0 };
const SMS = {
  FreeSignName: 'x',
  TemplateCode: 'SMS_1',
  Type: 'singleContent',
  Receiver: '+10000000000',
  SmsParams: {},
};

/** The body of a publish. */
export function topicMessage(draw: Draw): Markup {
  const direct = (): Markup =>
    markup('MessageAttributes', [
      markup(draw.one(['DirectMail', 'DirectSMS', 'Push', '__proto__']), mutatedJson(draw, draw.once(2) ? MAIL : SMS)),
    ]);
  return markup('Message', [
    ...(draw.once(30) ? [] : [markup('MessageBody', anyText(draw))]),
    ...attributes(draw, [
      ['MessageTag', () => draw.one(['red', 'red', 'blue', '', 'x'.repeat(17), '漢字', '<'])],
      ['MessageGroupId', () => anyText(draw)],
    ]),
    ...(draw.once(6) ? [direct()] : []),
    ...properties(draw),
  ]);
}

const ENDPOINTS = [
  'acs:mns:cn-beijing:1000000000000001:queues/orders',
  'acs:mns:cn-beijing:1000000000000001:queues/bills',
  'acs:mns:cn-beijing:1000000000000001:queues/dead',
  'acs:mns:::queues/work',
  'http://127.0.0.1:1/push',
  'https://example.com',
  'http://[::1]:1/a?b#c',
  'mail:directmail:a@b.c',
  'sms:directsms:anonymous',
  'sms:directsms:+8613800000000',
  'sms:dayu:anonymous',
  'push:x',
  'http://',
  'http://u:p@h/',
  'http://a b',
  `http://${'h'.repeat(3000)}`,
  'acs:mns:x',
  '',
  'javascript:alert(1)',
];

/** The body of a subscription that is made, or changed. */
export function subscriptionBody(draw: Draw, isNew: boolean): Markup {
  return markup('Subscription', [
    ...(isNew && !draw.once(30) ? [markup('Endpoint', draw.once(12) ? anyText(draw) : draw.one(ENDPOINTS))] : []),
    ...attributes(draw, [
      ['FilterTag', () => draw.one(['red', 'blue', 'x'.repeat(16), 'x'.repeat(17), '', '漢'])],
      ['NotifyStrategy', () => draw.one(['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY', 'backoff_retry', '', 'x'])],
      ['NotifyContentFormat', () => draw.one(['JSON', 'XML', 'SIMPLIFIED', 'json', '', 'x'])],
    ]),
  ]);
}
