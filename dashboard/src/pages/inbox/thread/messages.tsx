import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/live/frames';
import { Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import { usePending } from '../data/outbox';
import { useEntries, useMessages } from '../data/queries';
import { Bubble, PendingBubble } from './bubble';
import { EntryLine } from './entry';
import { type Item, itemsOf } from './items';
import classes from './messages.module.css';

const NEAR_TOP = 600;
const NEAR_END = 80;

/** The thread. It opens at its end, stays there as texts come, and loads older ones as one scrolls up. */
export function Messages({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const found = useMessages(one.id);
  const entries = useEntries(one.id);
  const pending = usePending(one.id);
  const format = useFormat();
  const { data: messages } = found;
  const dayOf = useMemo(() => remembered(format.date), [format]);
  useKeepUp(entries, messages?.[0]?.created_at);
  const items = useMemo(
    () =>
      itemsOf({
        messages: messages ?? [],
        entries: entries.data ?? [],
        pending,
        hasOlder: found.hasNextPage,
        dayOf,
      }),
    [messages, entries.data, pending, found.hasNextPage, dayOf],
  );
  const writers = useMemo(
    () =>
      new Map((entries.data ?? []).flatMap((entry) => (entry.message_id ? [[entry.message_id, entry]] : []))),
    [entries.data],
  );
  return (
    <section className={classes.region} aria-label={t('Messages')}>
      {found.isPending && <Loading rows={5} height={44} />}
      {found.isError && !messages && <Failure error={found.error} retry={() => void found.refetch()} />}
      {messages && (
        <Scroller
          items={items}
          writers={writers}
          isLoading={found.isFetchingNextPage}
          older={() => {
            if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage();
          }}
        />
      )}
    </section>
  );
}

/** Ten thousand dates are not formatted anew with each text. */
function remembered(dayOf: (moment: string) => string): (moment: string) => string {
  const known = new Map<string, string>();
  return (moment) => {
    const minute = moment.slice(0, 16);
    const day = known.get(minute) ?? dayOf(moment);
    known.set(minute, day);
    return day;
  };
}

/** Notes and changes reach as far back as the texts that are loaded. */
function useKeepUp(entries: ReturnType<typeof useEntries>, oldest: string | undefined): void {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = entries;
  const reached = data?.at(-1)?.at;
  useEffect(() => {
    // After an error nothing is asked again by itself: it would be asked without end.
    if (isError || isFetching || !hasNextPage) return;
    if (oldest && reached && reached > oldest) void fetchNextPage();
  }, [oldest, reached, hasNextPage, isFetching, isError, fetchNextPage]);
}

type Writers = Map<string, NonNullable<ReturnType<typeof useEntries>['data']>[number]>;

interface ScrollerProps {
  items: Item[];
  writers: Writers;
  isLoading: boolean;
  older: () => void;
}

function Scroller({ items, writers, isLoading, older }: ScrollerProps) {
  const { t } = useTranslation('inbox');
  const scroller = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(items[index]),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 10,
    paddingStart: 12,
    paddingEnd: 12,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
  });
  const isReady = useStartAtEnd(virtual, items.length);
  useStayAtEnd(scroller, virtual);
  const scrolled = () => {
    const element = scroller.current;
    if (!element || !isReady.current) return;
    setAway(element.scrollHeight - element.scrollTop - element.clientHeight > 400);
    if (element.scrollTop < NEAR_TOP) older();
  };
  return (
    <>
      <div
        ref={scroller}
        className={classes.scroller}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls this
        tabIndex={0}
        role="log"
        aria-live="off"
      >
        {isLoading && (
          <div className={classes.loading} role="status">
            {t('Loading older texts')}
          </div>
        )}
        <div className={classes.space} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((place) => {
            const item = items[place.index];
            if (!item) return null;
            return (
              <div
                key={place.key}
                ref={virtual.measureElement}
                data-index={place.index}
                className={classes.item}
                style={{ transform: `translateY(${place.start}px)` }}
              >
                <Shown item={item} writers={writers} />
              </div>
            );
          })}
        </div>
      </div>
      {isAway && (
        <button
          type="button"
          className={classes.end}
          onClick={() => virtual.scrollToEnd({ behavior: 'auto' })}
          aria-label={t('To the latest text')}
          title={t('To the latest text')}
        >
          <ArrowDown size={16} aria-hidden />
        </button>
      )}
    </>
  );
}

/** A suggestion or a longer draft below makes the thread smaller: a thread shown at its end stays there. */
function useStayAtEnd(
  scroller: React.RefObject<HTMLElement | null>,
  virtual: { scrollToEnd: () => void },
): void {
  const latest = useRef(virtual);
  latest.current = virtual;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight;
    let isAtEnd = true;
    const noted = () => {
      isAtEnd = element.scrollHeight - element.scrollTop - height < NEAR_END;
    };
    const observer = new ResizeObserver(() => {
      const wasAtEnd = isAtEnd;
      height = element.clientHeight;
      if (wasAtEnd) latest.current.scrollToEnd();
    });
    element.addEventListener('scroll', noted, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', noted);
      observer.disconnect();
    };
  }, [scroller]);
}

/** Measured heights replace estimated ones in the first moments: until then the end is looked for again. */
function useStartAtEnd(virtual: { scrollToEnd: (options?: object) => void }, count: number) {
  const isReady = useRef(false);
  const has = count > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the first items are there
  useEffect(() => {
    if (!has || isReady.current) return;
    let frames = 4;
    let handle = 0;
    const settle = () => {
      virtual.scrollToEnd();
      frames -= 1;
      if (frames > 0) handle = requestAnimationFrame(settle);
      else isReady.current = true;
    };
    settle();
    return () => cancelAnimationFrame(handle);
  }, [has]);
  return isReady;
}

function estimate(item: Item | undefined): number {
  if (!item || item.kind === 'day') return 40;
  if (item.kind === 'entry') return item.entry.kind === 'note' ? 72 : 28;
  const text = item.kind === 'message' ? item.message.text : item.sending.text;
  return 44 + 19 * Math.ceil(text.length / 60);
}

function Shown({ item, writers }: { item: Item; writers: Writers }) {
  const format = useFormat();
  switch (item.kind) {
    case 'day':
      return (
        <div className={classes.day}>
          <time dateTime={item.at}>{format.date(item.at)}</time>
        </div>
      );
    case 'message':
      return <Bubble message={item.message} isFirst={item.isFirst} writer={writers.get(item.message.id)} />;
    case 'pending':
      return <PendingBubble sending={item.sending} />;
    case 'entry':
      return <EntryLine entry={item.entry} />;
  }
}
