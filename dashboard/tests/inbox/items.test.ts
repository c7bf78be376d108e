import { expect, test } from 'vitest';
import type { Message } from '@/live/frames';
import { itemsOf } from '@/pages/inbox/thread/items';

const text = (id: string, created_at: string) =>
  ({ id, created_at, author: 'contact', direction: 'inbound' }) as unknown as Message;
const messages = [text('one', '2026-01-01T09:00:00Z'), text('two', '2026-01-02T09:00:00Z')];
const keysOf = (hasOlder: boolean) =>
  itemsOf({
    messages,
    entries: [],
    pending: [],
    hasOlder,
    dayOf: (moment) => moment.slice(0, 10),
  }).map((item) => item.key);

test('each day of a thread begins with its line', () => {
  expect(keysOf(false)).toEqual(['day 2026-01-01', 'one', 'day 2026-01-02', 'two']);
});

test('a day of which older texts are still to come has no line yet', () => {
  expect(keysOf(true)).toEqual(['one', 'day 2026-01-02', 'two']);
});
