import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Filters } from '@/live/inbox';
import { useInboxFrames } from './data/cache';
import { filtersOf } from './data/filters';
import { useKept } from './data/kept';
import { useOutboxAtWork } from './data/outbox';
import classes from './inbox.module.css';
import { ConversationList } from './list/list';
import { UndoBar } from './parts/undo';
import { NothingOpen } from './thread/nothing';
import { Thread } from './thread/thread';

const ContextPanel = lazy(() => import('./context/panel'));
const Notifications = lazy(() => import('./parts/notify'));

/** Three panes: list, thread, context. A phone shows one of them at a time. */
export default function Inbox() {
  const { t } = useTranslation('inbox');
  const { conversationId } = useParams({ strict: false }) as { conversationId?: string };
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const filters = filtersOf(search);
  const [side, setSide] = useKept<'open' | 'closed'>('inbox.side', 'open');
  const open = useOpen();
  useInboxFrames(conversationId);
  useOutboxAtWork();
  useEffect(() => {
    document.title = `${t('Inbox')} · Parley`;
  }, [t]);
  const toggleSide = () => setSide(side === 'open' ? 'closed' : 'open');
  return (
    <div className={classes.inbox} data-open={conversationId ? '' : undefined} data-side={side}>
      <h1 className="visually-hidden">{t('Inbox')}</h1>
      <ConversationList filters={filters} search={search} openId={conversationId} open={open} />
      {conversationId ? (
        <Thread
          key={conversationId}
          id={conversationId}
          back={() => open(undefined)}
          toggleSide={toggleSide}
          isSideOpen={side === 'open'}
        />
      ) : (
        <NothingOpen filters={filters} />
      )}
      {conversationId && side === 'open' && (
        <Suspense fallback={<aside className={classes.side} />}>
          <ContextPanel key={conversationId} id={conversationId} close={toggleSide} />
        </Suspense>
      )}
      <UndoBar />
      <Suspense>
        <Notifications openId={conversationId} open={open} />
      </Suspense>
    </div>
  );
}

export type Open = (id: string | undefined, filters?: Filters) => void;

/** Opens a conversation, or the list alone; the filters stay in the address. */
function useOpen(): Open {
  const navigate = useNavigate();
  return useCallback(
    (id) => {
      const search = true as never;
      void (id
        ? navigate({ to: '/inbox/$conversationId', params: { conversationId: id }, search })
        : navigate({ to: '/inbox', search }));
    },
    [navigate],
  );
}
