/** Whether this user is typing in a conversation: from a key to some seconds after the last one. */
import { useEffect, useState } from 'react';

const CALM_MS = 4_000;
const watchers = new Set<(id: string) => void>();

export function typed(id: string): void {
  for (const watcher of watchers) watcher(id);
}

export function useTyping(id: string): boolean {
  const [isTyping, setTyping] = useState(false);
  useEffect(() => {
    let timer = 0;
    const heard = (where: string) => {
      if (where !== id) return;
      setTyping(true);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setTyping(false), CALM_MS);
    };
    watchers.add(heard);
    return () => {
      window.clearTimeout(timer);
      watchers.delete(heard);
    };
  }, [id]);
  return isTyping;
}
