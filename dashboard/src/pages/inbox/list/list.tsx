import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/app/commands';
import type { Filters } from '@/live/inbox';
import { Failure, Loading } from '@/parts/states';
import { useMay, useMe } from '@/session/me';
import { useNow } from '@/words/days';
import { useFormat } from '@/words/format';
import { isCovered } from '../covered';
import { searchOf } from '../data/filters';
import { useConversations } from '../data/queries';
import type { Open } from '../index';
import { BulkBar } from './bulk';
import { EmptyList } from './empty';
import { ListHead } from './head';
import classes from './list.module.css';
import { type Desk, heightOf, Row } from './row';
import { useSteady } from './steady';

interface ListProps {
  filters: Filters;
  search: Record<string, string | undefined>;
  openId: string | undefined;
  open: Open;
}

export function ConversationList({ filters, openId, open }: ListProps) {
  const { t } = useTranslation('inbox');
  const found = useConversations(filters);
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, waiting, showNew } = useSteady(found.data ?? [], scroller, JSON.stringify(filters));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  const navigate = useNavigate();
  const show = (next: Filters) => {
    setChosen(NONE);
    void navigate({ to: '.', search: searchOf(next) as never });
  };
  const toggle = useCallback((id: string) => setChosen((before) => toggled(before, id)), []);
  useKeys({ rows: rows.map((row) => row.id), openId, open, toggle });
  const selected = useMemo(
    () => rows.filter((row) => chosen.has(row.id)).map((row) => row.id),
    [rows, chosen],
  );

  return (
    <section className={classes.pane} aria-label={t('Inbox')}>
      <ListHead filters={filters} show={show} />
      {selected.length > 0 && <BulkBar ids={selected} clear={() => setChosen(NONE)} />}
      <div className={classes.news} role="status">
        {waiting > 0 && (
          <button type="button" onClick={showNew}>
            ↑ {t('{{count}} new', { count: waiting })}
          </button>
        )}
      </div>
      <div ref={scroller} className={classes.scroller}>
        {found.isPending && <Loading rows={8} height={56} />}
        {found.isError && !found.data && <Failure error={found.error} retry={() => void found.refetch()} />}
        {found.data && rows.length === 0 && <EmptyList filters={filters} show={show} />}
        {rows.length > 0 && (
          <Rows
            rows={rows}
            scroller={scroller}
            openId={openId}
            open={open}
            chosen={chosen}
            toggle={toggle}
            more={() => {
              // After a failure the next try is the reader's: scrolling would ask without end.
              if (found.hasNextPage && !found.isFetchingNextPage && !found.isFetchNextPageError)
                void found.fetchNextPage();
            }}
          />
        )}
        {found.isFetchNextPageError && (
          <Failure error={found.error} retry={() => void found.fetchNextPage()} />
        )}
      </div>
    </section>
  );
}

const NONE: ReadonlySet<string> = new Set();

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

interface RowsProps {
  rows: ReturnType<typeof useSteady>['rows'];
  scroller: React.RefObject<HTMLDivElement | null>;
  openId: string | undefined;
  open: Open;
  chosen: ReadonlySet<string>;
  toggle: (id: string) => void;
  more: () => void;
}

function Rows({ rows, scroller, openId, open, chosen, toggle, more }: RowsProps) {
  const { t } = useTranslation('inbox');
  const desk = useDesk(open, toggle);
  // The same function while the rows are the same: with another one, the place of every row is computed anew.
  const keyOf = useCallback((index: number) => rows[index]?.id ?? index, [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    getItemKey: keyOf,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isNearEnd = last >= rows.length - 10;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once each time the end comes near
  useEffect(() => {
    if (isNearEnd) more();
  }, [isNearEnd, rows.length]);
  const openAt = rows.findIndex((row) => row.id === openId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the keys j and k, not every change of the list
  useEffect(() => {
    if (openAt >= 0) virtual.scrollToIndex(openAt, { align: 'auto' });
  }, [openId]);
  return (
    <ul className={classes.rows} aria-label={t('Conversations')} style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => {
        const row = rows[item.index];
        if (!row) return null;
        return (
          <li
            key={item.key}
            data-index={item.index}
            className={classes.item}
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            style={{ height: item.size, transform: `translateY(${item.start}px)` }}
          >
            <Row row={row} isOpen={row.id === openId} isChosen={chosen.has(row.id)} desk={desk} />
          </li>
        );
      })}
    </ul>
  );
}

/** What all rows need: asked for once, because hooks in every row would halt the scrolling. */
function useDesk(open: Open, toggle: (id: string) => void): Desk {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  const { user_id: userId } = useMe();
  const mayWork = useMay('agent');
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const now = useNow((moment) => moment);
  return useMemo(
    () => ({ t, format, now, userId, search, open, toggle: mayWork ? toggle : undefined }),
    [t, format, now, userId, search, open, toggle, mayWork],
  );
}

interface KeysProps {
  rows: string[];
  openId: string | undefined;
  open: Open;
  toggle: (id: string) => void;
}

function useKeys({ rows, openId, open, toggle }: KeysProps): void {
  const { t } = useTranslation('inbox');
  const group = t('Inbox');
  const step = (by: number) => {
    const here = openId ? rows.indexOf(openId) : -1;
    const next = rows[Math.max(0, Math.min(rows.length - 1, here + by))];
    if (next) open(next);
  };
  useCommands([
    { id: 'next', label: t('Next conversation'), keys: 'j', group, run: () => step(1) },
    { id: 'previous', label: t('Previous conversation'), keys: 'k', group, run: () => step(-1) },
    {
      id: 'choose',
      label: t('Select this conversation'),
      keys: 'x',
      group,
      run: () => openId && toggle(openId),
    },
    {
      id: 'back',
      label: t('Back to the list'),
      keys: 'Escape',
      group,
      run: () => !isCovered() && open(undefined),
    },
  ]);
}
