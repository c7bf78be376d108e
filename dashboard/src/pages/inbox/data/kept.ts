/** What somebody typed, kept in this browser: it outlives a reload, the end of a session and a crash of the tab. */
import { useCallback, useState, useSyncExternalStore } from 'react';

const PREFIX = 'parley.draft.';
const watchers = new Set<() => void>();
const memory = new Map<string, string>();

const keyOf = (userId: string | null, conversationId: string, kind: string) =>
  `${PREFIX}${userId ?? 'key'}.${kind}.${conversationId}`;

function read(key: string): string {
  const known = memory.get(key);
  if (known !== undefined) return known;
  let text = '';
  try {
    text = localStorage.getItem(key) ?? '';
  } catch {
    // storage is closed to us: memory must do
  }
  memory.set(key, text);
  return text;
}

function write(key: string, text: string): void {
  memory.set(key, text);
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // full, or closed to us: memory must do
  }
  for (const watcher of watchers) watcher();
}

/** Another tab wrote, sent or removed a text: the last one counts here too. */
window.addEventListener('storage', ({ key, newValue }) => {
  if (key === null) memory.clear();
  else if (key.startsWith(PREFIX)) memory.set(key, newValue ?? '');
  else return;
  for (const watcher of watchers) watcher();
});

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** `edit` is a suggested reply that is being changed: what was typed as a reply stays beside it. */
export type Slot = 'reply' | 'note' | 'edit';

/** A reply with what was left of an edited suggestion. A suggestion that nobody changed leaves nothing. */
export function withLeftOver(reply: string, edited: string, suggestion: string | undefined): string {
  const left = edited === suggestion ? '' : edited;
  return [reply, left].filter((text) => text.trim() !== '').join('\n');
}

/** The text in the making of one conversation; `kind` tells replies from notes. */
export function useDraft(userId: string | null, conversationId: string, kind: Slot) {
  const key = keyOf(userId, conversationId, kind);
  const text = useSyncExternalStore(watch, () => read(key));
  const setText = useCallback((next: string) => write(key, next), [key]);
  return [text, setText] as const;
}

export function useHasDraft(userId: string | null, conversationId: string): boolean {
  return useSyncExternalStore(watch, () => read(keyOf(userId, conversationId, 'reply')).trim() !== '');
}

/** A choice of this browser, such as whether the side panel is open. */
export function useKept<T extends string>(name: string, fallback: T) {
  const [value, setValue] = useState<T>(
    () => (localStorage.getItem(`parley.${name}`) as T | null) ?? fallback,
  );
  const keep = useCallback(
    (next: T) => {
      localStorage.setItem(`parley.${name}`, next);
      setValue(next);
    },
    [name],
  );
  return [value, keep] as const;
}
