import type { SmsTarget } from './delivery-target.js';

/** What one channel is told about a message, for example the subject of a mail; as the publisher wrote it. */
export type ChannelAttributes = Readonly<Record<string, unknown>>;

/** The attributes of a message for mail, SMS and apps, by the name of their element (spec mns §2.15). */
export type MessageAttributes = ReadonlyMap<string, ChannelAttributes>;

/** The element that is meant for mail, by its present and its newer name (spec mns §2.15). */
export const MAIL_ATTRIBUTES: readonly string[] = ['DirectMail', 'DM'];

/** The element that is meant for SMS, by its present and its newer name, and for the sender before it (spec mns §2.15). */
export const SMS_ATTRIBUTES: { readonly [Service in SmsTarget['service']]: readonly string[] } = {
  directsms: ['DirectSMS', 'DYSMS'],
  dayu: ['Dayu'],
};

/** The element that is meant for apps (spec mns §2.15). */
export const APP_ATTRIBUTES: readonly string[] = ['Push'];
