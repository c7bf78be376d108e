import { useCallback, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/live/frames';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { useDayNames } from '@/words/days';
import { useFormat } from '@/words/format';
import { usePending } from '../data/outbox';
import { type Entry, useColleagues, useEntries, useMessages } from '../data/queries';
import { Bubble, PendingBubble } from './bubble';
import { type Desk, EntryLine } from './entry';
import { type Item, itemsOf } from './items';
import classes from './messages.module.css';
import { Scroller } from './scroller';

/** The thread of one conversation: its texts, with what else happened between them. */
export function Messages({ one }: { one: Conversation }) {
  const found = useMessages(one.id);
  const entries = useEntries(one.id);
  const pending = usePending(one.id);
  const desk = useDesk();
  const { data: messages } = found;
  const dayOf = useMemo(() => remembered(desk.format.date), [desk.format]);
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
  const draw = useDraw(desk, entries.data);
  return (
    <section className={classes.region} aria-label={desk.t('Messages')}>
      {found.isPending && <Loading rows={5} height={44} />}
      {found.isError && !messages && <Failure error={found.error} retry={() => void found.refetch()} />}
      {messages && (
        <Scroller
          items={items}
          draw={draw}
          top={<Older of={found} words={desk.t('Loading older texts')} />}
          older={() => {
            // After a failure the next try is the reader's: scrolling would ask without end.
            if (found.hasNextPage && !found.isFetchingNextPage && !found.isFetchNextPageError)
              void found.fetchNextPage();
          }}
        />
      )}
    </section>
  );
}

/** What stands above the oldest text: more is coming, or could not be read. */
function Older({ of, words }: { of: ReturnType<typeof useMessages>; words: string }) {
  if (of.isFetchingNextPage)
    return (
      <div className={classes.loading} role="status">
        {words}
      </div>
    );
  if (of.isFetchNextPageError) return <Failure error={of.error} retry={() => void of.fetchNextPage()} />;
  return null;
}

/** What all texts need: asked for once, because hooks in every text would halt the scrolling. */
function useDesk(): Desk {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  const dayNames = useDayNames();
  const colleagues = useColleagues();
  const { user_id: userId } = useMe();
  return useMemo(
    () => ({ t, format, dayNames, colleagues, userId }),
    [t, format, dayNames, colleagues, userId],
  );
}

function useDraw(desk: Desk, entries: Entry[] | undefined): (item: Item) => React.ReactNode {
  const writers = useMemo(() => writersOf(entries ?? []), [entries]);
  return useCallback(
    (item: Item) => {
      switch (item.kind) {
        case 'day':
          return (
            <div className={classes.day}>
              <time dateTime={item.at}>{desk.dayNames(item.at)}</time>
            </div>
          );
        case 'message': {
          const writer = writers.get(item.message.id);
          return <Bubble message={item.message} isFirst={item.isFirst} writer={writer} desk={desk} />;
        }
        case 'pending':
          return <PendingBubble sending={item.sending} />;
        case 'entry':
          return <EntryLine entry={item.entry} desk={desk} />;
      }
    },
    [desk, writers],
  );
}

/** Who wrote which text. */
function writersOf(entries: Entry[]): Map<string, Entry> {
  const writers = new Map<string, Entry>();
  for (const entry of entries) if (entry.message_id) writers.set(entry.message_id, entry);
  return writers;
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
