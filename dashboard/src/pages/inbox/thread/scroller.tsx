/** The thread as it scrolls: it opens at its end, stays there as texts come, and asks for older ones as one scrolls up.
 *
 * It is counted from its end: item 0 is the newest, and the browser keeps the distance from the end (`column-reverse`
 * gives positions below zero). So older texts are added behind the last item: nothing that is shown moves, no place is
 * computed anew, and nothing has to be put right while somebody scrolls. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type ReactNode, type UIEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Anchor, anchorOf, movedBy } from './anchor';
import { fromEnd, toEnd } from './from-end';
import type { Item } from './items';
import classes from './messages.module.css';

const NEAR_TOP = 600;
const NEAR_END = 80;
const AWAY = 400;
const PADDING = 12;

interface ScrollerProps {
  /** Oldest first. */
  items: Item[];
  /** Draws one of them: the same function as long as it draws the same. */
  draw: (item: Item) => ReactNode;
  /** What stands above the oldest. */
  top: ReactNode;
  older: () => void;
}

export function Scroller({ items, draw, top, older }: ScrollerProps) {
  const { t } = useTranslation('inbox');
  const scroller = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);
  const itemAt = useCallback((index: number) => items[items.length - 1 - index], [items]);
  // The same function while the items are the same: with another one, the place of every item is computed anew.
  const keyOf = useCallback((index: number) => itemAt(index)?.key ?? index, [itemAt]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(itemAt(index)),
    getItemKey: keyOf,
    overscan: 8,
    paddingStart: PADDING,
    paddingEnd: PADDING,
    observeElementOffset: fromEnd,
    scrollToFn: toEnd,
  });
  useStayInPlace(virtual, items);
  const scrolled = (event: UIEvent<HTMLDivElement>) => {
    // The list knows its height: to ask the browser for it would make it lay out the page now.
    const offset = -event.currentTarget.scrollTop;
    const above = virtual.getTotalSize() - offset - (virtual.scrollRect?.height ?? 0);
    setAway(offset > AWAY);
    if (above < NEAR_TOP) older();
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
        <div className={classes.space} style={{ height: virtual.getTotalSize() }}>
          {virtual
            .getVirtualItems()
            .toReversed()
            .map(({ key, index, start }) => {
              const item = itemAt(index);
              if (!item) return null;
              return (
                <div
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  className={classes.item}
                  style={{ transform: `translateY(${-start}px)` }}
                >
                  {draw(item)}
                </div>
              );
            })}
        </div>
        {top}
      </div>
      {isAway && (
        <button
          type="button"
          className={classes.end}
          onClick={() => virtual.scrollToOffset(0)}
          aria-label={t('To the latest text')}
          title={t('To the latest text')}
        >
          <ArrowDown size={16} aria-hidden />
        </button>
      )}
    </>
  );
}

/** A new text is followed by somebody who reads at the end; further up, what is read stays where it is. */
function useStayInPlace(virtual: Virtualizer<HTMLDivElement, Element>, items: Item[]): void {
  const drawn = useRef<{ items: Item[]; anchor: Anchor | null }>({ items: [], anchor: null });
  // With every drawing: what was measured meanwhile moved the anchor too, and the list itself has put that right.
  useLayoutEffect(() => {
    const before = drawn.current;
    const places = virtual.measurementsCache;
    drawn.current = { items, anchor: anchorOf(items, places) };
    const moved = before.items === items ? 0 : movedBy(before.anchor, items, places);
    if (moved === 0) return;
    const offset = virtual.scrollOffset ?? 0;
    virtual.scrollToOffset(offset <= NEAR_END ? 0 : offset + moved);
  });
}

function estimate(item: Item | undefined): number {
  if (!item || item.kind === 'day') return 40;
  if (item.kind === 'entry') return item.entry.kind === 'note' ? 72 : 28;
  const text = item.kind === 'message' ? item.message.text : item.sending.text;
  return 44 + 19 * Math.ceil(text.length / 60);
}
