import { expect, test } from 'vitest';
import type { Listed } from '@/pages/inbox/data/queries';
import { daysToMonday } from '@/pages/inbox/data/snooze';
import { inHeldOrder } from '@/pages/inbox/list/steady';

const rows = (...ids: string[]) => ids.map((id) => ({ id }) as Listed);
const shown = (fresh: Listed[], held: string[]) => {
  const { rows: list, waiting } = inHeldOrder(fresh, held);
  return [list.map((row) => row.id).join(''), waiting];
};

test('while somebody reads, rows keep their places and new ones are counted', () => {
  expect(shown(rows('n', 'c', 'a', 'b'), ['a', 'b', 'c'])).toEqual(['abc', 1]);
});
test('what is gone is gone at once', () => {
  expect(shown(rows('a', 'c'), ['a', 'b', 'c'])).toEqual(['ac', 0]);
});
test('older rows that were loaded meanwhile stand at the end', () => {
  expect(shown(rows('a', 'b', 'x', 'y'), ['a', 'b'])).toEqual(['abxy', 0]);
});
test('next Monday is never today', () => {
  expect([0, 1, 2, 6].map((day) => daysToMonday(new Date(2026, 10, 1 + day)))).toEqual([1, 7, 6, 2]);
});
