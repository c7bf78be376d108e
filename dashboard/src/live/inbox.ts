/** How the inbox's snapshots and the stream meet: lists of conversations with filters, pages of messages, and what one
 * user has not read. Pure; `tests/cases/live.json` holds the cases. */
import type { Conversation, ConversationUpdated, Message } from './frames';
import { forget, mergeMessages, newer } from './merge';

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Pages<T> {
  pages: Page<T>[];
  pageParams: unknown[];
}

export interface Filters {
  state?: 'open' | 'closed' | 'all';
  assignee?: string;
  mine?: boolean;
  unread?: boolean;
  label?: string;
  number?: string;
  ai_state?: string;
  needs_person?: boolean;
  snoozed?: boolean;
  q?: string;
}

/** Texts that this user has not read: of those that no person answered, the ones after the user's own mark. */
export function ownUnread(shared: number, received: number, readTexts: number): number {
  return Math.max(0, Math.min(shared, received - readTexts));
}

/** Frames count what no person has answered; what the user read before stays read. */
export function withOwnUnread<T extends Conversation>(
  known: T | undefined,
  incoming: Conversation,
): Conversation {
  if (!known) return incoming;
  const readTexts = known.received - known.unread;
  return { ...incoming, unread: ownUnread(incoming.unread, incoming.received, readTexts) };
}

/** The newer of the two, as this user sees it. A hit of a search keeps where it was found. */
export function newerConversation<T extends Conversation>(known: T | undefined, incoming: Conversation): T {
  if (known && known.revision >= incoming.revision) return known;
  return { ...known, ...withOwnUnread(known, incoming) } as T;
}

const MODES = ['off', 'suggest', 'auto'];
const WITHOUT_TALK = ['campaign', 'workflow'];

/** Whether a conversation belongs in a list with these filters, as the server decides it. A search is the server's. */
export function fits(conversation: Conversation, filters: Filters, userId: string | null): boolean {
  const { state, assignee, mine, unread, label, number, needs_person, snoozed } = filters;
  if (state !== 'all' && !hasTalk(conversation)) return false;
  if (state && state !== 'all' && conversation.state !== state) return false;
  if (assignee && (conversation.assignee ?? 'none') !== assignee) return false;
  if (mine !== undefined && (conversation.assignee === userId) !== mine) return false;
  if (unread !== undefined && conversation.unread > 0 !== unread) return false;
  if (label && !(conversation.labels ?? []).some((one) => same(one, label))) return false;
  if (number && conversation.phone_number !== number) return false;
  if (needs_person !== undefined && (conversation.needs_person !== null) !== needs_person) return false;
  if (snoozed !== undefined && Boolean(conversation.snoozed_until) !== snoozed) return false;
  return fitsAssistant(conversation, filters.ai_state);
}

function fitsAssistant(conversation: Conversation, wanted: string | undefined): boolean {
  if (!wanted) return true;
  return MODES.includes(wanted) ? conversation.ai_mode === wanted : conversation.ai_state === wanted;
}

const same = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();

function hasTalk(conversation: Conversation): boolean {
  const last = conversation.last_message;
  return conversation.received > 0 || !last || !WITHOUT_TALK.includes(last.author);
}

const isBefore = (a: Conversation, b: Conversation) =>
  a.last_activity_at === b.last_activity_at ? a.id > b.id : a.last_activity_at > b.last_activity_at;

/** Puts a changed conversation where it belongs among the loaded pages, or takes it out. `canJoin` false: a list whose
 * members only the server knows (a search) changes its rows in place. */
export function place<T extends Conversation>(
  pages: Page<T>[],
  incoming: Conversation,
  belongs: (conversation: Conversation) => boolean,
  canJoin = true,
): Page<T>[] {
  const known = pages.flatMap((page) => page.items).find((one) => one.id === incoming.id);
  const after = newerConversation(known, incoming);
  if (known === after) return pages;
  if (!canJoin) return known ? replaced(pages, after) : pages;
  const without = known
    ? pages.map((page) => ({ ...page, items: page.items.filter((one) => one.id !== incoming.id) }))
    : pages;
  return belongs(after) ? inserted(without, after) : without;
}

const replaced = <T extends Conversation>(pages: Page<T>[], after: T): Page<T>[] =>
  pages.map((page) => ({ ...page, items: page.items.map((one) => (one.id === after.id ? after : one)) }));

function inserted<T extends Conversation>(pages: Page<T>[], one: T): Page<T>[] {
  const last = pages.length - 1;
  const at = pages.findIndex((page, n) =>
    n === last
      ? page.next_cursor === null || page.items.some((other) => isBefore(one, other))
      : page.items.some((other) => isBefore(one, other)),
  );
  if (at < 0) return pages; // older than everything loaded: it comes with its page
  return pages.map((page, n) => {
    if (n !== at) return page;
    const here = page.items.findIndex((other) => isBefore(one, other));
    const items = [...page.items];
    items.splice(here < 0 ? items.length : here, 0, one);
    return { ...page, items };
  });
}

/** All loaded rows, each once. */
export function rowsOf<T extends { id: string }>(pages: Page<T>[]): T[] {
  const rows = new Map<string, T>();
  for (const page of pages) for (const one of page.items) if (!rows.has(one.id)) rows.set(one.id, one);
  return [...rows.values()];
}

/** Messages of loaded pages (newest first) with what a frame says. What is older than the pages comes with its page. */
export function applyToPages(pages: Page<Message>[], frame: ConversationUpdated): Page<Message>[] {
  const [first, ...rest] = pages;
  if (!first) return pages;
  const changed = new Map(frame.messages.map((message) => [message.id, message]));
  const keep = (page: Page<Message>): Page<Message> => ({
    ...page,
    items: forget(page.items, frame.forgotten_before).map((message) => {
      const incoming = changed.get(message.id);
      changed.delete(message.id);
      return incoming ? newer(message, incoming) : message;
    }),
  });
  const kept = [first, ...rest].map(keep);
  const oldest = kept.at(-1)?.next_cursor ? kept.flatMap((page) => page.items).at(-1)?.created_at : undefined;
  const added = [...changed.values()].filter((message) => !oldest || message.created_at >= oldest);
  const head = kept[0] as Page<Message>;
  return added.length === 0 ? kept : [{ ...head, items: [...added, ...head.items] }, ...kept.slice(1)];
}

/** Pages (newest first) with a first page that was read again; null if something between the two is not known. */
export function withNewest<T extends { id: string }>(pages: Page<T>[], newest: Page<T>): Page<T>[] | null {
  const [first, ...rest] = pages;
  const again = new Set(newest.items.map((one) => one.id));
  if (!first?.items.some((one) => again.has(one.id))) return null;
  const items = [...newest.items, ...first.items.filter((one) => !again.has(one.id))];
  return [{ ...first, items }, ...rest];
}

/** Oldest first, each once. */
export const messagesOf = (pages: Page<Message>[]): Message[] =>
  mergeMessages(
    [],
    pages.flatMap((page) => page.items),
  );
