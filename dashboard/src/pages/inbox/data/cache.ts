/** Puts what frames and answers say into the snapshots. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useFrames } from '@/live/context';
import type { Conversation, ConversationUpdated, Message } from '@/live/frames';
import {
  applyToPages,
  type Filters,
  fits,
  newerConversation,
  type Pages,
  place,
  withNewest,
} from '@/live/inbox';
import { useMe } from '@/session/me';
import { type Entry, keys, LISTS, type Listed, readEntries } from './queries';
import { remember } from './recent';

/** A conversation as a frame or an answer gives it. Answers count this user's unread texts already. */
export function putConversation(queries: QueryClient, incoming: Conversation, userId: string | null): void {
  queries.setQueryData<Conversation>(keys.one(incoming.id), (known) =>
    known ? newerConversation(known, incoming) : undefined,
  );
  for (const [key, data] of queries.getQueriesData<Pages<Listed>>({ queryKey: LISTS })) {
    if (!data) continue;
    const filters = key[2] as Filters;
    const pages = place(data.pages, incoming, (one) => fits(one, filters, userId), !filters.q);
    if (pages !== data.pages) queries.setQueryData(key, { ...data, pages });
  }
}

/** Changes rows at once, before the server has answered. The order stays. */
export function patchConversation(queries: QueryClient, id: string, change: Partial<Conversation>): void {
  queries.setQueryData<Conversation>(keys.one(id), (known) => known && { ...known, ...change });
  queries.setQueriesData<Pages<Listed>>(
    { queryKey: LISTS },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          items: page.items.map((one) => (one.id === id ? { ...one, ...change } : one)),
        })),
      },
  );
}

export function putMessages(queries: QueryClient, frame: ConversationUpdated): void {
  queries.setQueryData<Pages<Message>>(
    keys.messages(frame.conversation_id),
    (data) => data && { ...data, pages: applyToPages(data.pages, frame) },
  );
}

export function putMessage(queries: QueryClient, message: Message): void {
  putMessages(queries, {
    messages: [message],
    forgotten_before: null,
    conversation_id: message.conversation_id,
  } as never);
}

/** What the timeline shows beside texts. If one of these changed, its entries are read again. */
const told = (one: Conversation) =>
  [
    one.state,
    one.assignee,
    one.ai_mode,
    one.notes,
    one.snoozed_until,
    one.guide,
    one.draft?.id,
    one.assistant_id,
  ]
    .concat(one.labels ?? [], one.needs_person?.at)
    .join('|');

/** Whether a text is among it that is not shown yet: not only a status. */
function hasNew(queries: QueryClient, frame: ConversationUpdated): boolean {
  const data = queries.getQueryData<Pages<Message>>(keys.messages(frame.conversation_id));
  const known = new Set((data?.pages ?? []).flatMap((page) => page.items).map((message) => message.id));
  return frame.messages.some((message) => !known.has(message.id));
}

/** Of each conversation the number of its last read of entries, for those whose answers overtake each other. */
const reads = new WeakMap<QueryClient, Map<string, number>>();

function nextRead(queries: QueryClient, id: string): () => boolean {
  const numbers = reads.get(queries) ?? new Map<string, number>();
  reads.set(queries, numbers);
  const number = (numbers.get(id) ?? 0) + 1;
  numbers.set(id, number);
  return () => numbers.get(id) === number;
}

/** Reads the newest entries again. Of a long thread that was scrolled through, not every page. Of two reads only the later
 * one counts: an older answer that comes after a newer one would take away what that one brought. */
export async function refreshEntries(queries: QueryClient, id: string): Promise<void> {
  const queryKey = keys.entries(id);
  const known = queries.getQueryData<Pages<Entry>>(queryKey);
  const isLatest = nextRead(queries, id);
  if (known && known.pages.length > 1) {
    const newest = await readEntries(id).catch(() => null);
    if (!isLatest()) return;
    const now = queries.getQueryData<Pages<Entry>>(queryKey);
    const pages = now && newest && withNewest(now.pages, newest);
    if (pages) return void queries.setQueryData(queryKey, { ...now, pages });
  }
  await queries.invalidateQueries({ queryKey });
}

/** Keeps the inbox live. */
export function useInboxFrames(): void {
  const queries = useQueryClient();
  const { user_id } = useMe();
  const marks = useRef(new Map<string, number>());
  // On another page no frame is put into the snapshots: they are read anew on the way back.
  useEffect(
    () => () => void queries.invalidateQueries({ queryKey: ['inbox'], refetchType: 'none' }),
    [queries],
  );
  useFrames('conversation.updated', (frame) => {
    remember(frame);
    const id = frame.conversation_id;
    const before = queries.getQueryData<Conversation>(keys.one(id));
    const isNew = hasNew(queries, frame);
    putConversation(queries, frame.conversation, user_id);
    putMessages(queries, frame);
    if (before && !isNew && told(before) === told(frame.conversation)) return;
    void refreshEntries(queries, id);
    void queries.invalidateQueries({ queryKey: ['inbox', 'contact', frame.conversation.contact.id] });
  });
  useFrames('read.updated', (mark) => {
    const seen = marks.current.get(mark.conversation_id) ?? 0;
    if (mark.user_id !== user_id || mark.revision < seen) return;
    marks.current.set(mark.conversation_id, mark.revision);
    patchConversation(queries, mark.conversation_id, { unread: mark.unread });
  });
}
