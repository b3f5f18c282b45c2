import { describe, expect, it } from 'vitest';
import { mnsOpenChoices } from './open-choices.js';

describe('mnsOpenChoices', () => {
  it('asks no question twice', () => {
    const questions = mnsOpenChoices.map(({ topic, question }) => `${topic}: ${question}`);
    expect(new Set(questions).size).toBe(questions.length);
  });

  it.each(mnsOpenChoices)('$question has an answer and a source', ({ topic, question, choice, source }) => {
    expect(topic).toMatch(/^mns [a-z ]+$/);
    expect(question).not.toBe('');
    expect(choice).not.toMatch(/^$|undefined|NaN/);
    expect(source).toMatch(/^spec mns §\d+(\.\d+)?(, §\d+(\.\d+)?)*$/);
  });

  it.each([
    ['What status has a partly failed batch send?', '500'],
    ['How much earlier than asked does a wait end?', '100 ms; with the profile cloud, 67–193 ms'],
    ['What is the longest retention?', '604800 seconds (7 days)'],
  ])('shows the value that the code uses: %s', (question, choice) => {
    expect(mnsOpenChoices.find((row) => row.question === question)?.choice).toBe(choice);
  });
});
