/** What is worth a sound or a notification: only what needs a person, and this one. Pure. */
import type { Conversation } from '@/live/frames';
import type { Me } from '@/session/me';

export type Notify = NonNullable<Me['notify']>;
export type Cause = 'person' | 'text' | 'assigned';

const FRESH_MS = 60_000;

interface Scene {
  before: Conversation | undefined;
  after: Conversation;
  userId: string | null;
  now: number;
}

/** Why this change wants the user; null if it does not. An old frame that comes late wants nobody. */
export function causeOf({ before, after, userId, now }: Scene, about: string): Cause | null {
  const isFresh = (moment: string | null | undefined) =>
    Boolean(moment) && now - new Date(moment as string).getTime() < FRESH_MS;
  const isMine = after.assignee === userId;
  if (about === 'nothing') return null;
  if (about === 'mine' && !isMine && after.assignee !== null) return null;
  if (before && before.assignee !== userId && isMine) return 'assigned';
  const needs = after.needs_person;
  if (needs && needs.at !== before?.needs_person?.at && isFresh(needs.at)) return 'person';
  const isNewText = after.received > (before?.received ?? 0) && isFresh(after.last_inbound_at);
  const waitsForPeople = after.ai_mode === 'off' || needs !== null;
  return isNewText && waitsForPeople ? 'text' : null;
}

const MOST_KNOWN = 500;

/** Remembers a conversation as it is now, and forgets the one that changed longest ago. One that is forgotten may be taken
 * for new: it disturbs once more only if its text is of the last minute. */
export function keepLatest(known: Map<string, Conversation>, now: Conversation): void {
  known.delete(now.id);
  known.set(now.id, now);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
}

/** Whether the clock of this browser ("HH:MM") is within the hours in which nothing disturbs. They may span midnight. */
export function isQuiet(hours: Notify['do_not_disturb'], clock: string): boolean {
  if (!hours) return false;
  const { starts, ends } = hours;
  return starts < ends ? clock >= starts && clock < ends : clock >= starts || clock < ends;
}
