import { describe, expect, test } from 'vitest';
import type { Conversation, ConversationUpdated, Message } from '@/live/frames';
import {
  applyToPages,
  type Filters,
  fits,
  messagesOf,
  newerConversation,
  ownUnread,
  place,
  rowsOf,
  withNewest,
} from '@/live/inbox';
import { newer } from '@/live/merge';
import cases from '../cases/live.json';

const conversation = (change: object = {}): Conversation =>
  ({
    id: 'cnv_1',
    state: 'open',
    ai_mode: 'suggest',
    ai_state: 'idle',
    assignee: null,
    labels: [],
    needs_person: null,
    snoozed_until: null,
    phone_number: '+13125550100',
    received: 1,
    unread: 1,
    last_message: { author: 'customer' },
    last_activity_at: '2026-03-10T14:00:00.000000Z',
    revision: 1,
    ...change,
  }) as unknown as Conversation;

const message = (id: string, second: number, change: object = {}): Message =>
  ({
    id,
    status: 'delivered',
    created_at: `2026-03-10T14:00:${String(second).padStart(2, '0')}.000000Z`,
    revision: 1,
    ...change,
  }) as unknown as Message;

const frame = (messages: Message[], forgotten_before: string | null = null) =>
  ({ conversation_id: 'cnv_1', messages, forgotten_before }) as unknown as ConversationUpdated;

const at = (minute: number) => `2026-03-10T14:${String(minute).padStart(2, '0')}:00.000000Z`;

describe('the cases that the server reads too', () => {
  test.each(cases.unread)('unread: $name', (one) => {
    expect(ownUnread(one.unread, one.received, one.read_texts)).toBe(one.shown);
  });
  test.each(cases.newest)('$name', (one) => {
    const known = one.known === null ? undefined : { revision: one.known };
    expect(newer(known, { revision: one.incoming }).revision).toBe(one.kept);
  });
});

test.each(cases.lists)('lists: $name', (one) => {
  expect(fits(conversation(one.conversation), one.filters as Filters, 'usr_me')).toBe(one.fits);
});

describe('a list', () => {
  const page = (next: string | null, ...items: Conversation[]) => ({ items, next_cursor: next });
  const one = (id: string, minute: number, change: object = {}) =>
    conversation({ id, last_activity_at: at(minute), ...change });
  const all = () => true;
  const ids = (pages: ReturnType<typeof page>[]) => rowsOf(pages).map((row) => row.id);

  test('a text moves its conversation to the top', () => {
    const pages = [page(null, one('a', 9), one('b', 8))];
    expect(ids(place(pages, one('b', 10, { revision: 2 }), all))).toEqual(['b', 'a']);
  });
  test('a conversation that fits no more is taken out', () => {
    const pages = [page(null, one('a', 9), one('b', 8))];
    const closed = one('a', 9, { revision: 2, state: 'closed' });
    expect(ids(place(pages, closed, (row) => row.state === 'open'))).toEqual(['b']);
  });
  test('one that is older than what is loaded waits for its page', () => {
    const pages = [page('more', one('a', 9), one('b', 8))];
    expect(ids(place(pages, one('c', 1), all))).toEqual(['a', 'b']);
    expect(ids(place([page(null, one('a', 9))], one('c', 1), all))).toEqual(['a', 'c']);
  });
  test('an old frame changes nothing', () => {
    const pages = [page(null, one('a', 9, { revision: 5 }))];
    expect(place(pages, one('a', 10, { revision: 4 }), all)).toBe(pages);
  });
  test('hits of a search change where they stand, and none joins', () => {
    const pages = [page(null, one('a', 9), one('b', 8))];
    expect(ids(place(pages, one('b', 10, { revision: 2 }), all, false))).toEqual(['a', 'b']);
    expect(place(pages, one('c', 10), all, false)).toBe(pages);
  });
  test('a row that a later page repeats is shown once', () => {
    expect(ids([page('2', one('a', 9)), page(null, one('a', 9), one('b', 1))])).toEqual(['a', 'b']);
  });
  test('what the user read stays read when a frame counts it anew', () => {
    const known = conversation({ received: 4, unread: 0 });
    const incoming = conversation({ received: 5, unread: 5, revision: 2 });
    expect(newerConversation(known, incoming).unread).toBe(1);
  });
});

describe('a thread', () => {
  const pages = (next: string | null, ...items: Message[]) => [{ items, next_cursor: next }];
  const ids = (list: ReturnType<typeof pages>) => messagesOf(list).map((one) => one.id);

  test('a new text joins at its end', () => {
    expect(ids(applyToPages(pages(null, message('a', 1)), frame([message('b', 2)])))).toEqual(['a', 'b']);
  });
  test('a status never goes back', () => {
    const known = pages(null, message('a', 1, { status: 'delivered', revision: 3 }));
    const [first] = messagesOf(
      applyToPages(known, frame([message('a', 1, { status: 'queued', revision: 1 })])),
    );
    expect(first?.status).toBe('delivered');
  });
  test('the same frame twice is the same as once', () => {
    const once = applyToPages(pages(null, message('a', 1)), frame([message('b', 2)]));
    expect(ids(applyToPages(once, frame([message('b', 2)])))).toEqual(['a', 'b']);
  });
  test('an old text comes with its page', () => {
    const known = pages('older', message('m', 30));
    expect(ids(applyToPages(known, frame([message('a', 1)])))).toEqual(['m']);
  });
  test('what retention deleted is gone, what may still change is not', () => {
    const known = pages(null, message('c', 9), message('b', 2, { status: 'queued' }), message('a', 1));
    expect(ids(applyToPages(known, frame([], '2026-03-10T14:00:05.000000Z')))).toEqual(['b', 'c']);
  });
});

describe('a first page that was read again', () => {
  const page = (ids: string[], next_cursor: string | null = null) => ({
    items: ids.map((id) => ({ id })),
    next_cursor,
  });
  const known = [page(['b', 'a'], 'older'), page(['z'])];

  test('adds what is new and leaves the older pages', () => {
    const pages = withNewest(known, page(['c', 'b'], 'somewhere')) ?? [];
    expect(rowsOf(pages).map((one) => one.id)).toEqual(['c', 'b', 'a', 'z']);
    expect(pages[0]?.next_cursor).toBe('older');
  });

  test('joins nothing where something between may be missing', () => {
    expect(withNewest(known, page(['e', 'd']))).toBeNull();
  });
});
