/** A notification that the real service once sent. */
export interface RealNotification {
  /** The message exactly as IMM published it. */
  readonly message: string;
  /** The MD5 that the service reported. */
  readonly messageMD5: string;
  readonly messageId: string;
  /** Milliseconds since 1970, as text. */
  readonly publishTime: string;
  readonly eventTime: string;
  readonly taskId: string;
  /** From the event's time to its publication. */
  readonly publishLagMs: number;
}

function real(
  eventTime: string,
  taskId: string,
  rest: Omit<RealNotification, 'message' | 'eventTime' | 'taskId'>,
): RealNotification {
  const message =
    `{"events":[{"eventName":"FormatConvertJob:JobFinished","eventSource":"acs:imm","eventTime":"${eventTime}",` +
    `"eventVersion":"1.0","imm":{"code":"NoError","pageCount":"5","percent":"100","taskId":"${taskId}"}}]}`;
  return { message, eventTime, taskId, ...rest };
}

/** Three notifications of November 2018, published in an article of the vendor, in the bytes that have the reported MD5. */
export const realNotifications: readonly RealNotification[] = [
  real('2018-11-14T09:51:20.342Z', '723f6489-2e91-4475-93a2-41bbedf76d1f', {
    messageMD5: 'FF48C799CEF8997625D00B364D7471D1',
    messageId: '1AF8A292DE807634-1-16711A1E057-20000076E',
    publishTime: '1542189080663',
    publishLagMs: 321,
  }),
  real('2018-11-14T09:51:47.941Z', 'c54b5836-5270-4beb-a5e5-ceb7627e5c98', {
    messageMD5: '9D7EAD233258273ADC9C7FB496FE9316',
    messageId: '1AF8A292DE807634-1-16711A24C0A-200000770',
    publishTime: '1542189108234',
    publishLagMs: 293,
  }),
  real('2018-11-14T09:52:09.584Z', '2aaeaeb0-7082-4330-8489-42dcd1b877c6', {
    messageMD5: '93B11711E9F2836CC4E65838DD6DD81D',
    messageId: '1AF8A292DE807634-1-16711A2A023-200000771',
    publishTime: '1542189129763',
    publishLagMs: 179,
  }),
];

/** The notification as the article prints it: the message an object, not a string. */
export function asPrintedObject(notification: RealNotification): string {
  const message: unknown = JSON.parse(notification.message);
  return JSON.stringify(envelopeAround(notification, message), undefined, 2);
}

/** The notification as the article prints its batch: spaces added to the keys and values of the message. */
export function asPrintedWithSpaces(notification: RealNotification): string {
  const message: unknown = JSON.parse(notification.message.replaceAll(/"([^"]+)"/g, '"$1 "'));
  return JSON.stringify(envelopeAround(notification, message), undefined, 2);
}

/** The notification as a topic delivers it in JSON (spec mns §5.3). */
export function asDelivered(notification: RealNotification): string {
  return JSON.stringify(envelopeAround(notification, notification.message));
}

function envelopeAround({ messageMD5, messageId, publishTime }: RealNotification, message: unknown): object {
  return {
    TopicOwner: '1000000000000001',
    Message: message,
    Subscriber: '1000000000000001',
    PublishTime: publishTime,
    SubscriptionName: 'sub-a',
    MessageMD5: messageMD5,
    TopicName: 'imm-events',
    MessageId: messageId,
  };
}
