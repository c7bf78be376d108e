import { expect, test } from 'vitest';
import type { Message } from '@/live/frames';
import type { Sending } from '@/live/outbox';
import { anchorOf, movedBy } from '@/pages/inbox/thread/anchor';
import { itemsOf } from '@/pages/inbox/thread/items';

const SIZE = { day: 10, message: 40, pending: 50, entry: 20 };
const text = (id: string, minute: number, author = 'contact') =>
  ({ id, text: id, created_at: `2026-01-01T09:0${minute}:00Z`, author, direction: 'inbound' }) as Message;
const onItsWay = {
  key: 'sending',
  text: 'mine',
  at: '2026-01-01T09:05:00Z',
  after: '2026-01-01T09:02:00Z',
} as Sending;

function drawn(messages: Message[], pending: Sending[]) {
  const items = itemsOf({ messages, entries: [], pending, hasOlder: false, dayOf: (at) => at.slice(0, 10) });
  let start = 12;
  const places = items.toReversed().map(({ kind }) => {
    const place = { start };
    start += SIZE[kind];
    return place;
  });
  return { items, places };
}

const before = drawn([text('one', 1), text('two', 2)], [onItsWay]);
const anchor = anchorOf(before.items, before.places);

test('a text on its way stays last when a text comes in, and what is read above moves by that text', () => {
  const { items, places } = drawn([text('one', 1), text('two', 2), text('three', 6)], [onItsWay]);
  expect(items.map(({ key }) => key).slice(-2)).toEqual(['three', 'sending']);
  expect(movedBy(anchor, items, places)).toBe(SIZE.message);
});

test('a text on its way that settles moves what is above by the difference of the two', () => {
  const { items, places } = drawn([text('one', 1), text('two', 2), text('mine', 6, 'agent')], [onItsWay]);
  expect(items.at(-1)?.key).toBe('mine');
  expect(movedBy(anchor, items, places)).toBe(SIZE.message - SIZE.pending);
});

test('older texts, and another conversation, move nothing', () => {
  const older = drawn([text('none', 0), text('one', 1), text('two', 2)], [onItsWay]);
  expect(movedBy(anchor, older.items, older.places)).toBe(0);
  const other = drawn([text('other', 3)], []);
  expect(movedBy(anchor, other.items, other.places)).toBe(0);
});
