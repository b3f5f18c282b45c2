import { expect, it } from 'vitest';
import { MAIL_ATTRIBUTES, SMS_ATTRIBUTES } from './message-attributes.js';

it.each([
  ['mail', MAIL_ATTRIBUTES, ['DirectMail', 'DM']],
  ['SMS', SMS_ATTRIBUTES, ['DirectSMS', 'DYSMS']],
])('the element for %s has its present and its newer name', (_, names, expected) => {
  expect(names).toEqual(expected);
});
