/** The snapshots that the inbox shows: keys, and how each is read. */
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { $api, api, type Schemas } from '@/api/client';
import type { Conversation, Message } from '@/live/frames';
import { type Filters, messagesOf, type Page, rowsOf } from '@/live/inbox';
import { upToDate, withRecentMessages } from './recent';

export type Listed = Schemas['ListedConversationOut'];
export type Entry = Schemas['conversation__timeline__api__TimelineItemOut'];

const LIST_PAGE = 50;
const MESSAGE_PAGE = 50;

export const LISTS = ['inbox', 'list'] as const;
export const keys = {
  list: (filters: Filters) => [...LISTS, filters] as const,
  one: (id: string) => ['inbox', 'one', id] as const,
  messages: (id: string) => ['inbox', 'messages', id] as const,
  entries: (id: string) => ['inbox', 'entries', id] as const,
};

// Made once per change of the pages. To compare ten thousand texts with those before would take a tenth of a second for
// each further page, and only what is in sight is drawn anyway. As functions of their own they do not run at each render.
const listedOf = (data: InfiniteData<Page<Listed>>) => rowsOf(data.pages);
const textsOf = (data: InfiniteData<Page<Message>>) => messagesOf(data.pages);
const entriesOf = (data: InfiniteData<Page<Entry>>) => rowsOf(data.pages);

const nextOf = (page: Page<unknown>) => page.next_cursor ?? undefined;

export function useConversations(filters: Filters) {
  return useInfiniteQuery({
    queryKey: keys.list(filters),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextOf,
    placeholderData: (before) => before,
    queryFn: async ({ pageParam, signal }): Promise<Page<Listed>> => {
      const query = { ...filters, limit: LIST_PAGE, cursor: pageParam } as never;
      const { data } = await api.GET('/api/conversations', { params: { query }, signal });
      const page = data as Page<Listed>;
      return { ...page, items: page.items.map(upToDate) };
    },
    select: listedOf,
    structuralSharing: false,
  });
}

export function useConversation(id: string | undefined) {
  return useQuery({
    queryKey: keys.one(id ?? ''),
    enabled: Boolean(id),
    queryFn: async ({ signal }): Promise<Conversation> => {
      const path = { conversation_id: id as string };
      const { data } = await api.GET('/api/conversations/{conversation_id}', { params: { path }, signal });
      return upToDate(data as Conversation);
    },
  });
}

export function useMessages(id: string) {
  return useInfiniteQuery({
    queryKey: keys.messages(id),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextOf,
    queryFn: async ({ pageParam, signal }): Promise<Page<Message>> => {
      const { data } = await api.GET('/api/conversations/{conversation_id}/messages', {
        params: {
          path: { conversation_id: id },
          query: { order: 'desc', limit: MESSAGE_PAGE, cursor: pageParam },
        },
        signal,
      });
      const page = data as Page<Message>;
      return pageParam ? page : withRecentMessages(id, page);
    },
    select: textsOf,
    structuralSharing: false,
  });
}

export async function readEntries(id: string, cursor?: string, signal?: AbortSignal): Promise<Page<Entry>> {
  const { data } = await api.GET('/api/conversations/{conversation_id}/timeline', {
    params: { path: { conversation_id: id }, query: { limit: 100, cursor } },
    signal,
  });
  return data as Page<Entry>;
}

/** Notes, changes and who wrote what: newest first. Texts are among them, so its pages reach about as far back. */
export function useEntries(id: string) {
  return useInfiniteQuery({
    queryKey: keys.entries(id),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextOf,
    queryFn: ({ pageParam, signal }) => readEntries(id, pageParam, signal),
    select: entriesOf,
    structuralSharing: false,
  });
}

export interface Colleague {
  id: string;
  name: string;
  role: string;
}

export function useColleagues(): Colleague[] {
  const { data } = $api.useQuery('get', '/api/accounts/colleagues', {}, { staleTime: 5 * 60_000 });
  return data?.items ?? NOBODY;
}
const NOBODY: Colleague[] = [];
