import { useMediaQuery } from '@mantine/hooks';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
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
  const [side, toggleSide] = useSide(conversationId);
  const open = useOpen();
  useInboxFrames();
  useOutboxAtWork();
  useEffect(() => {
    document.title = `${t('Inbox')} · Parley`;
  }, [t]);
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

type Side = 'open' | 'closed';

/** Whether the context is shown. Where it would cover the thread, it is shown on demand only, for one conversation. */
function useSide(conversationId: string | undefined): [Side, () => void] {
  const [kept, keep] = useKept<Side>('inbox.side', 'open');
  const isWide = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false });
  const [shownFor, setShownFor] = useState<string | undefined>();
  if (isWide) return [kept, () => keep(kept === 'open' ? 'closed' : 'open')];
  const isShown = shownFor !== undefined && shownFor === conversationId;
  return [isShown ? 'open' : 'closed', () => setShownFor(isShown ? undefined : conversationId)];
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
