import { describe, expect, it } from 'vitest';
import { TEXTS, sayIn } from './texts.js';

const blanks = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([whole]) => whole).toSorted();

describe('the texts', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(TEXTS.zh).toSorted()).toEqual(Object.keys(TEXTS.en).toSorted());
  });

  it.each(Object.entries(TEXTS.en))('say the same of %s, with the same blanks', (key, english) => {
    const chinese: string = new Map(Object.entries(TEXTS.zh)).get(key) ?? '';
    expect(chinese.trim()).not.toBe('');
    expect(blanks(chinese)).toEqual(blanks(english));
    if (key !== 'language') expect(chinese).toMatch(/[\u4e00-\u9fff]/);
  });

  it('are filled in, and what is filled in is not read again', () => {
    expect(sayIn('en')('page', { from: '{to}', to: 2 })).toBe('{to}–2 of {total}');
    expect(sayIn('zh')('sentDone', { id: 'x' })).toBe('已发送消息 x');
  });
});
