/** The outbox of this user: texts leave through it, whatever the connection does. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { api } from '@/api/client';
import { queryClient } from '@/api/queries';
import { useStreamState } from '@/live/context';
import type { Message } from '@/live/frames';
import { Outbox, type Sending } from '@/live/outbox';
import { useMe } from '@/session/me';
import { putMessage } from './cache';
import { keys } from './queries';

async function post(one: Sending): Promise<void> {
  const headers = { 'Idempotency-Key': one.key };
  const { data } = one.draftId
    ? await api.POST('/api/conversations/{conversation_id}/drafts/{draft_id}/approve', {
        params: { path: { conversation_id: one.conversationId, draft_id: one.draftId } },
        body: { text: one.text },
        headers,
      })
    : await api.POST('/api/conversations/{conversation_id}/messages', {
        params: { path: { conversation_id: one.conversationId } },
        body: { text: one.text, media_urls: [], media_ids: one.mediaIds },
        headers,
      });
  putMessage(queryClient, data as Message);
}

const boxes = new Map<string, Outbox>();

function boxOf(owner: string): Outbox {
  const known = boxes.get(owner);
  if (known) return known;
  const made = new Outbox(owner, post);
  boxes.set(owner, made);
  return made;
}

export function useOutbox(): Outbox {
  const { user_id, subject_id } = useMe();
  return useMemo(() => boxOf(user_id ?? subject_id), [user_id, subject_id]);
}

/** Sends what waits as soon as there is a connection. */
export function useOutboxAtWork(): void {
  const box = useOutbox();
  const state = useStreamState();
  useEffect(() => {
    if (state === 'live') box.go();
    window.addEventListener('online', box.go);
    return () => window.removeEventListener('online', box.go);
  }, [box, state]);
}

export function usePending(conversationId: string): Sending[] {
  const box = useOutbox();
  const all = useSyncExternalStore(box.watch, box.all);
  return useMemo(() => all.filter((one) => one.conversationId === conversationId), [all, conversationId]);
}

/** The newest known message of a conversation: a text sent now is newer. */
export function useNewestKnown(conversationId: string): () => string {
  const queries = useQueryClient();
  return () => {
    const data = queries.getQueryData<{ pages: { items: Message[] }[] }>(keys.messages(conversationId));
    const moments = (data?.pages ?? []).flatMap((page) => page.items).map((message) => message.created_at);
    return moments.sort().at(-1) ?? '';
  };
}
