import { expect, test } from 'vitest';
import type { Conversation } from '@/live/frames';
import { hasReason, rowReason } from '@/pages/inbox/words';

const says = ((text: string) => text) as unknown as Parameters<typeof rowReason>[1];

test.each([
  {},
  { needs_person: { reason: 'loop' } },
  { draft: { id: 'drf_1' } },
  { ai_state: 'drafting' },
  { ai_state: 'waiting' },
  { snoozed_until: '2026-11-29T08:00:00Z' },
  { opted_out: true },
])('a row has a line for its reason exactly when it has one: %j', (change) => {
  const one = { needs_person: null, ai_state: 'idle', ...change } as unknown as Conversation;
  expect(hasReason(one)).toBe(rowReason(one, says) !== null);
});
