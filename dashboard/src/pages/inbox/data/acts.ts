/** What a front desk does with a conversation: shown at once, then confirmed or taken back. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Conversation, Message } from '@/live/frames';
import { tellFailed } from '@/parts/told';
import { useMe } from '@/session/me';
import { offerUndo } from '../parts/undo';
import { patchConversation, putConversation, putMessage, refreshEntries } from './cache';
import { keys } from './queries';

type Patch = Schemas['ConversationPatch'];
type Action = Omit<Schemas['BulkIn'], 'ids'>;

export interface Acts {
  patch(one: Conversation, body: Partial<Patch>, shown?: Partial<Conversation>): Promise<boolean>;
  close(one: Conversation): Promise<void>;
  reopen(one: Conversation): Promise<void>;
  snooze(one: Conversation, until: string | null): Promise<void>;
  takeOver(one: Conversation): Promise<void>;
  giveBack(one: Conversation): Promise<void>;
  read(one: Conversation): Promise<void>;
  unread(one: Conversation): Promise<void>;
  approve(one: Conversation): Promise<void>;
  reject(one: Conversation): Promise<void>;
  note(one: Conversation, text: string, key: string): Promise<boolean>;
  bulk(ids: string[], action: Action): Promise<void>;
}

export function useActs(): Acts {
  const queries = useQueryClient();
  const { t } = useTranslation('inbox');
  const { user_id } = useMe();
  return useMemo(() => makeActs(queries, user_id, t as (text: string) => string), [queries, user_id, t]);
}

function makeActs(
  queries: ReturnType<typeof useQueryClient>,
  userId: string | null,
  t: (text: string) => string,
): Acts {
  const path = (one: Conversation) => ({ path: { conversation_id: one.id } });
  const settle = (data: unknown) => putConversation(queries, data as Conversation, userId);
  const readAgain = (id: string) => {
    void queries.invalidateQueries({ queryKey: keys.one(id) });
    void queries.invalidateQueries({ queryKey: ['inbox', 'list'] });
  };

  /** True if it was done. After a failure a notice says why, and the optimistic change is replaced by a fresh read. */
  async function attempt(id: string, act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      const { status, code } = asProblem(error);
      const isTaken =
        status === 409 && ['draft_superseded', 'draft_approved', 'draft_rejected'].includes(code);
      tellFailed(isTaken ? new Error(t('Somebody answered meanwhile. Nothing was sent.')) : error);
      readAgain(id);
      return false;
    }
  }

  async function patch(one: Conversation, body: Partial<Patch>, shown?: Partial<Conversation>) {
    patchConversation(queries, one.id, shown ?? (body as Partial<Conversation>));
    return attempt(one.id, async () => {
      const params = path(one);
      const { data } = await api.PATCH('/api/conversations/{conversation_id}', {
        params,
        body: body as Patch,
      });
      settle(data);
    });
  }

  async function setSnooze(one: Conversation, until: string | null) {
    patchConversation(queries, one.id, { snoozed_until: until });
    return attempt(one.id, async () => {
      const { data } = await api.POST('/api/conversations/{conversation_id}/snooze', {
        params: path(one),
        body: { until },
      });
      settle(data);
    });
  }

  async function mark(one: Conversation, which: 'read' | 'unread') {
    patchConversation(queries, one.id, { unread: which === 'read' ? 0 : 1 });
    await attempt(one.id, () =>
      which === 'read'
        ? api.POST('/api/conversations/{conversation_id}/read', { params: path(one) })
        : api.POST('/api/conversations/{conversation_id}/unread', { params: path(one) }),
    );
  }

  async function decide(one: Conversation, act: (draftId: string) => Promise<unknown>) {
    const draftId = one.draft?.id;
    if (!draftId) return;
    patchConversation(queries, one.id, { draft: null });
    await attempt(one.id, () => act(draftId));
  }

  return {
    patch,
    async close(one) {
      if (await patch(one, { state: 'closed' }))
        offerUndo(t('Closed'), () => void patch(one, { state: 'open' }));
    },
    async reopen(one) {
      await patch(one, { state: 'open' });
    },
    async snooze(one, until) {
      const before = one.snoozed_until ?? null;
      if (await setSnooze(one, until))
        offerUndo(until ? t('Snoozed') : t('Woken'), () => void setSnooze(one, before));
    },
    async takeOver(one) {
      await patch(one, { assignee: userId, ai_mode: 'off' });
    },
    async giveBack(one) {
      const shown = { assignee: null, ai_mode: one.ai_mode };
      await attempt(one.id, async () => {
        const params = path(one);
        const body = { assignee: null, ai_mode: null } as unknown as Patch;
        let { data } = await api.PATCH('/api/conversations/{conversation_id}', { params, body });
        // A tenant whose own mode is off: the assistant suggests here.
        if ((data as Conversation).ai_mode === 'off')
          ({ data } = await api.PATCH('/api/conversations/{conversation_id}', {
            params,
            body: { ai_mode: 'suggest' } as Patch,
          }));
        patchConversation(queries, one.id, shown);
        settle(data);
      });
    },
    read: (one) => mark(one, 'read'),
    unread: (one) => mark(one, 'unread'),
    approve: (one) =>
      decide(one, async (draft_id) => {
        const { data } = await api.POST('/api/conversations/{conversation_id}/drafts/{draft_id}/approve', {
          params: { path: { conversation_id: one.id, draft_id } },
        });
        putMessage(queries, data as Message);
      }),
    reject: (one) =>
      decide(one, async (draft_id) => {
        const { data } = await api.POST('/api/conversations/{conversation_id}/drafts/{draft_id}/reject', {
          params: { path: { conversation_id: one.id, draft_id } },
        });
        settle(data);
      }),
    note: (one, text, key) =>
      attempt(one.id, async () => {
        await api.POST('/api/conversations/{conversation_id}/notes', {
          params: path(one),
          body: { text },
          headers: { 'Idempotency-Key': key },
        });
        void refreshEntries(queries, one.id);
      }),
    async bulk(ids, action) {
      try {
        const { data } = await api.POST('/api/conversations/bulk', {
          body: { ids, ...action } as Schemas['BulkIn'],
        });
        const refused = data?.items.filter((item) => item.result !== 'done') ?? [];
        if (refused[0]) tellFailed(new Error(`${refused.length}: ${refused[0].detail || refused[0].result}`));
      } catch (error) {
        tellFailed(error);
      }
      void queries.invalidateQueries({ queryKey: ['inbox', 'list'] });
      void queries.invalidateQueries({ queryKey: ['inbox', 'one'] }); // one of them may be open
    },
  };
}
