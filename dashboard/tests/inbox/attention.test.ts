import { expect, test } from 'vitest';
import type { Conversation } from '@/live/frames';
import { causeOf, isQuiet, keepLatest } from '@/pages/inbox/data/attention';

const NOW = Date.parse('2026-03-10T14:00:30Z');
const AT = '2026-03-10T14:00:00Z';
const one = (change: object = {}) =>
  ({
    id: 'cnv_1',
    assignee: null,
    ai_mode: 'auto',
    needs_person: null,
    received: 1,
    last_inbound_at: AT,
    ...change,
  }) as unknown as Conversation;
const cause = (after: object, before: object | null = {}, about = 'mine') =>
  causeOf({ before: before ? one(before) : undefined, after: one(after), userId: 'usr_me', now: NOW }, about);

test('a person who is wanted now is called', () => {
  expect(cause({ needs_person: { at: AT } })).toBe('person');
});
test('the same want is not told twice', () => {
  expect(cause({ needs_person: { at: AT } }, { needs_person: { at: AT } })).toBeNull();
});
test('a text that the assistant answers disturbs nobody', () => {
  expect(cause({ received: 2 })).toBeNull();
});
test('a text where people answer is told', () => {
  expect(cause({ received: 2, ai_mode: 'off' })).toBe('text');
});
test('what came long ago is not news', () => {
  expect(cause({ received: 2, ai_mode: 'off', last_inbound_at: '2026-03-10T13:00:00Z' })).toBeNull();
});
test('an assignment is told to whom it is given', () => {
  expect(cause({ assignee: 'usr_me' })).toBe('assigned');
  expect(cause({ assignee: 'usr_other', needs_person: { at: AT } })).toBeNull();
  expect(cause({ assignee: 'usr_other', needs_person: { at: AT } }, {}, 'all')).toBe('person');
});
test('the hours in which nothing disturbs may span midnight', () => {
  const night = { starts: '20:00', ends: '07:00' };
  expect(['19:59', '20:00', '03:00', '07:00'].map((at) => isQuiet(night, at))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isQuiet({ starts: '12:00', ends: '13:00' }, '12:30')).toBe(true);
  expect(isQuiet(null, '03:00')).toBe(false);
});

test('what is remembered for it is bounded, and the conversation that changed last stays', () => {
  const known = new Map<string, Conversation>();
  for (let n = 0; n < 2_000; n += 1) {
    keepLatest(known, one({ id: 'cnv_always' }));
    keepLatest(known, one({ id: `cnv_${n}` }));
  }
  expect(known.size).toBeLessThan(1_000);
  expect(known.has('cnv_always')).toBe(true);
});
