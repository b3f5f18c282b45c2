import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { messageIdIn, queueTag, readHandle, writeHandle, type HandleFields } from './receipt-handle.js';

const FIELDS: HandleFields = {
  messageId: '0A00000133FD7FCF7FB201B774000001',
  issuedAtMs: 1_767_225_600_123,
  invisibleMs: 30_000,
  serial: 0,
  offset: 3,
  queueTag: 'AbCd12',
};

const HANDLE = '0A00000133FD7FCF7FB201B774000001-MyAxNzY3MjI1NjAwMTIzIDMwMDAwIDAgMCBlbXUtYnJva2VyLTAgMCAzfEFiQ2QxMg==';

const number = fc.nat({ max: 999_999_999_999_999 });
const fields: fc.Arbitrary<HandleFields> = fc.record({
  messageId: fc.stringMatching(/^[0-9A-F]{32}$/),
  issuedAtMs: number,
  invisibleMs: number,
  serial: number,
  offset: number,
  queueTag: fc.stringMatching(/^[0-9A-Za-z]{6}$/),
});

describe('receipt handles', () => {
  it.each([
    [HANDLE, FIELDS.messageId],
    [`0A00000133FD7FCF-1-19B7A3F0C00-200000001-MyAx`, '0A00000133FD7FCF-1-19B7A3F0C00-200000001'],
    ['nothing like a handle', ''],
    ['-x', ''],
    ['', ''],
  ])('begin with the id of their message: %s', (handle, messageId) => {
    expect(messageIdIn(handle)).toBe(messageId);
  });

  it('have the shape of 2026', () => {
    expect(writeHandle(FIELDS)).toBe(HANDLE);
    expect(readHandle(HANDLE, 'AbCd12')).toEqual(FIELDS);
  });

  prop.prop([fields])('say what was written, and need no escaping but for the equal signs', (written) => {
    const handle = writeHandle(written);
    expect(readHandle(handle, written.queueTag)).toEqual(written);
    expect(handle).toMatch(/^[0-9A-Za-z-]+={0,2}$/);
  });

  it.each(['0A00000133FD7FCF-1-1696C61618D-200000001', '0A00000133FD7FCF-1-0-1000000000001'])(
    'are read for the id of the old shape %s',
    (messageId) => {
      const written = { ...FIELDS, messageId };
      expect(readHandle(writeHandle(written), 'AbCd12')).toEqual(written);
    },
  );

  it.each([
    ['of another queue', HANDLE, 'AbCd13'],
    ['without padding', HANDLE.slice(0, -2), 'AbCd12'],
    ['with more padding', `${HANDLE}=`, 'AbCd12'],
    ['with stray bits at the end', HANDLE.replace('Mg==', 'Mh=='), 'AbCd12'],
    ['with a line feed', `${HANDLE}\n`, 'AbCd12'],
    ['with its id in lower case', HANDLE.toLowerCase(), 'AbCd12'],
    ['with a leading zero', writeHandle(FIELDS).replace('MyAx', 'MDMg'), 'AbCd12'],
  ])('are no handles %s', (_, handle, tag) => {
    expect(readHandle(handle, tag)).toBeUndefined();
  });

  prop.prop([fc.string({ unit: 'binary' })])('are read from any text without a fault', (text) => {
    expect(readHandle(text, 'AbCd12')).toBeUndefined();
    expect(readHandle(`${FIELDS.messageId}-${text}`, 'AbCd12')).toBeUndefined();
  });
});

describe('queueTag', () => {
  it('stays what it was, for handles that somebody has kept', () => {
    expect([queueTag('orders'), queueTag('bills')]).toEqual(['uTeqKP', 'sM1P4W']);
  });

  prop.prop([fc.string()])('is six letters or digits, always the same for a queue', (name) => {
    expect(queueTag(name)).toMatch(/^[0-9A-Za-z]{6}$/);
    expect(queueTag(name)).toBe(queueTag(name));
  });
});
