/** What a thread shows, in its order: texts, texts on their way, notes, changes, and the days between them. */
import type { Message } from '@/live/frames';
import { type Sending, unsettled } from '@/live/outbox';
import type { Entry } from '../data/queries';

export type Item =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; at: string; message: Message; isFirst: boolean }
  | { kind: 'entry'; key: string; at: string; entry: Entry }
  | { kind: 'pending'; key: string; at: string; sending: Sending };

interface Parts {
  /** Oldest first. */
  messages: Message[];
  /** Newest first. */
  entries: Entry[];
  pending: Sending[];
  /** Older messages are not loaded yet: notes from before the oldest loaded one wait for them. */
  hasOlder: boolean;
  dayOf: (moment: string) => string;
}

const NEARBY_MS = 5 * 60_000;

export function itemsOf({ messages, entries, pending, hasOlder, dayOf }: Parts): Item[] {
  const oldest = hasOlder ? (messages[0]?.created_at ?? '') : '';
  const told = entries
    .filter((entry) => entry.kind !== 'sms' && entry.at >= oldest && !followsFromText(entry, messages))
    .map((entry): Item => ({ kind: 'entry', key: entry.id, at: entry.at, entry }));
  const texts = messages.map((message, n) => itemOf(messages[n - 1], message));
  const sorted = told.length ? [...texts, ...told].sort(byTime) : texts;
  const waiting = unsettled(pending, messages).map(
    (sending): Item => ({ kind: 'pending', key: sending.key, at: sending.at, sending }),
  );
  return withDays([...sorted, ...waiting], hasOlder, dayOf);
}

const byTime = (a: Item, b: Item) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

const made = new WeakMap<Message, { before: Message | undefined; item: Item }>();

/** Made once per text: with each page of a long thread, thousands would be made again. */
function itemOf(before: Message | undefined, message: Message): Item {
  const known = made.get(message);
  if (known && known.before === before) return known.item;
  const isFirst = !follows(before, message);
  const item: Item = { kind: 'message', key: message.id, at: message.created_at, message, isFirst };
  made.set(message, { before, item });
  return item;
}

/** Whether a text belongs to the one before it: same writer, a moment later. */
function follows(before: Message | undefined, message: Message): boolean {
  if (!before || before.author !== message.author || before.direction !== message.direction) return false;
  return new Date(message.created_at).getTime() - new Date(before.created_at).getTime() < NEARBY_MS;
}

/** Above the oldest loaded text no day stands while its day has older ones: the line would move up with each page. */
function withDays(items: Item[], hasOlder: boolean, dayOf: (moment: string) => string): Item[] {
  const [oldest] = items;
  let day = hasOlder && oldest ? dayOf(oldest.at) : '';
  const all: Item[] = [];
  for (const item of items) {
    const here = dayOf(item.at);
    if (here !== day) all.push({ kind: 'day', key: `day ${here}`, at: item.at });
    day = here;
    all.push(item);
  }
  return all;
}

const SAME_DEED_MS = 2_000;

/** A person's text takes the conversation over by itself: that needs no line of its own. */
function followsFromText(entry: Entry, messages: Message[]): boolean {
  if (entry.what !== 'ai_mode' || entry.author !== 'agent') return false;
  const at = new Date(entry.at).getTime();
  return messages.some(
    (message) =>
      message.author === 'agent' && Math.abs(new Date(message.created_at).getTime() - at) < SAME_DEED_MS,
  );
}
