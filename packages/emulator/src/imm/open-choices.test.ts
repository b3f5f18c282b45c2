import { describe, expect, it } from 'vitest';
import { immOpenChoices } from './open-choices.js';

describe('the open choices of IMM', () => {
  it('ask every question once', () => {
    const questions = immOpenChoices.map(({ question }) => question);
    expect(new Set(questions).size).toBe(questions.length);
  });

  it.each(immOpenChoices)('say what is done and where the gap is described: $question', ({ topic, choice, source }) => {
    expect(topic).toMatch(/^imm /);
    expect(choice).toMatch(/\.$/);
    expect(choice).not.toMatch(/NaN|undefined/);
    expect(source).toMatch(/^spec imm §\d/);
  });

  it.each([
    ['The same token', '43200 s'],
    ['wait for a nonce', '15 minutes'],
    ['the record', '7 days'],
    ['the lag', '150–350 ms'],
    ['the retries', '3 times, 1000 ms apart'],
    ['the pages', '1–20'],
  ])('print the values that the code uses: %s', (_, value) => {
    expect(immOpenChoices.some(({ choice }) => choice.includes(value))).toBe(true);
  });
});
