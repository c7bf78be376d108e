/** The one rule by which snapshots and frames meet: of each thing the highest revision stays, in whatever order and
 * however often they arrive. The cases in `tests/cases/live.json` are the same ones that the server's tests read. */
import type { ConversationUpdated, Message } from './frames';

interface Revised {
  revision: number;
}

/** The newer of the two. */
export function newer<T extends Revised>(known: T | undefined, incoming: T): T {
  return known && known.revision > incoming.revision ? known : incoming;
}

const byTime = (a: Message, b: Message) =>
  a.created_at === b.created_at ? (a.id < b.id ? -1 : 1) : a.created_at < b.created_at ? -1 : 1;

/** Messages in the order of the conversation, each once. */
export function mergeMessages(known: Message[], incoming: Message[]): Message[] {
  if (incoming.length === 0) return known;
  const merged = new Map(known.map((message) => [message.id, message]));
  let changed = false;
  for (const message of incoming) {
    const before = merged.get(message.id);
    const after = newer(before, message);
    changed ||= after !== before;
    merged.set(message.id, after);
  }
  return changed ? [...merged.values()].sort(byTime) : known;
}

/** Messages whose text was deleted by retention: those that ended, older than `before`. */
export function forget(known: Message[], before: string | null): Message[] {
  if (!before) return known;
  const kept = known.filter((message) => message.created_at >= before || !hasEnded(message));
  return kept.length === known.length ? known : kept;
}

const OPEN = new Set(['queued', 'submitting', 'unknown', 'unresolved', 'accepted', 'sent']);
const hasEnded = (message: Message) => !OPEN.has(message.status);

export function applyToMessages(known: Message[], frame: ConversationUpdated): Message[] {
  return forget(mergeMessages(known, frame.messages), frame.forgotten_before);
}
