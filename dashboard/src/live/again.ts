import { useEffect, useRef } from 'react';

const AGAIN_MS = 2500;

/** What is read beside a snapshot (its rows, its report) is read again when the snapshot moved, but not at every frame. */
export function useAgainWhenMoved(revision: number, refetch: () => unknown, pause_ms = AGAIN_MS) {
  const seen = useRef(revision);
  const timer = useRef(0);
  useEffect(() => {
    if (seen.current === revision || timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      seen.current = revision;
      void refetch();
    }, pause_ms);
  }, [revision, refetch, pause_ms]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
}
