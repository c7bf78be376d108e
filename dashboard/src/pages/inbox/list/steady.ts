/** The order of the list does not change under the finger: while somebody scrolls or types, what is new is counted. */
import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react';
import type { Listed } from '../data/queries';

const CALM_MS = 3_000;
const AT_TOP = 24;

export interface Steady {
  rows: Listed[];
  /** How many rows are new, or would move to the top. */
  waiting: number;
  showNew: () => void;
}

/** Rows in a held order: what was removed is gone, what is new is at the end of the known ones only if it is older. */
export function inHeldOrder(rows: Listed[], held: string[]): { rows: Listed[]; waiting: number } {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known = new Set(held);
  const kept = held.flatMap((id) => byId.get(id) ?? []);
  const lastKnown = rows.findLastIndex((row) => known.has(row.id));
  const older = rows.slice(lastKnown + 1);
  const waiting = rows.slice(0, lastKnown + 1).filter((row) => !known.has(row.id)).length;
  return { rows: [...kept, ...older], waiting };
}

export function useSteady(fresh: Listed[], scroller: RefObject<HTMLElement | null>, listKey: string): Steady {
  const isBusy = useBusy(scroller);
  const [held, setHeld] = useState<{ key: string; ids: string[] } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order is held from the moment somebody is busy
  useEffect(() => {
    setHeld(isBusy ? { key: listKey, ids: fresh.map((row) => row.id) } : null);
  }, [isBusy, listKey]);
  const showNew = useCallback(() => {
    scroller.current?.scrollTo({ top: 0 });
    setHeld(null);
  }, [scroller]);
  return useMemo(() => {
    if (!held || held.key !== listKey || held.ids.length === 0) return { rows: fresh, waiting: 0, showNew };
    return { ...inHeldOrder(fresh, held.ids), showNew };
  }, [fresh, held, listKey, showNew]);
}

/** Whether somebody reads further down, or typed a moment ago. */
function useBusy(scroller: RefObject<HTMLElement | null>): boolean {
  const [isScrolled, setScrolled] = useState(false);
  const [isTyping, setTyping] = useState(false);
  useEffect(() => {
    const list = scroller.current;
    if (!list) return;
    let timer = 0;
    const scrolled = () => setScrolled(list.scrollTop > AT_TOP);
    const typed = () => {
      setTyping(true);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setTyping(false), CALM_MS);
    };
    list.addEventListener('scroll', scrolled, { passive: true });
    document.addEventListener('input', typed);
    return () => {
      window.clearTimeout(timer);
      list.removeEventListener('scroll', scrolled);
      document.removeEventListener('input', typed);
    };
  }, [scroller]);
  return isScrolled || isTyping;
}
