import { describe, expect, it } from 'vitest';
import { Agenda } from './agenda.js';

describe('Agenda', () => {
  it('hands out what is due, earliest first, and nothing else', () => {
    const agenda = new Agenda<string>();
    agenda.add(20, 'b');
    agenda.add(10, 'a');
    agenda.add(30, 'c');
    expect(agenda.nextDueMs).toBe(10);
    expect([agenda.takeDue(25)?.value, agenda.takeDue(25)?.value, agenda.takeDue(25)]).toEqual(['a', 'b', undefined]);
    expect([agenda.size, agenda.nextDueMs]).toEqual([1, 30]);
  });

  it('keeps the order of addition within an instant', () => {
    const agenda = new Agenda<number>();
    for (let index = 0; index < 20; index += 1) agenda.add(5, index);
    const taken = Array.from({ length: 20 }, () => agenda.takeDue(5)?.value);
    expect(taken).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('forgets what is struck out', () => {
    const agenda = new Agenda<string>();
    const entry = agenda.add(1, 'a');
    expect([agenda.remove(entry), agenda.remove(entry), agenda.takeDue(9)]).toEqual([true, false, undefined]);
  });

  it('shows everything that is planned, in order', () => {
    const agenda = new Agenda<string>();
    for (const atMs of [50, 40, 30, 20, 10, 40, 10]) agenda.add(atMs, `at ${atMs}`);
    expect(agenda.items().map(({ atMs, sequence }) => [atMs, sequence])).toEqual([
      [10, 4],
      [10, 6],
      [20, 3],
      [30, 2],
      [40, 1],
      [40, 5],
      [50, 0],
    ]);
  });
});
