/** Pictures and files that go with the next text of a conversation. They are uploaded when they are chosen, and stay chosen
 * through a change of the conversation and a reload. The server forgets uploads that no text shows after eight days. */
import { useMemo, useSyncExternalStore } from 'react';
import { api } from '@/api/client';
import { tellFailed } from '@/parts/told';

export interface Chosen {
  key: string;
  name: string;
  /** Null while it is uploaded. */
  id: string | null;
  at: number;
}

const PREFIX = 'parley.files.';
const MOST = 10;
const KEPT_MS = 7 * 24 * 60 * 60_000;
const NONE: Chosen[] = [];
const chosen = new Map<string, Chosen[]>();
const watchers = new Set<() => void>();

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

function read(place: string): Chosen[] {
  const known = chosen.get(place);
  if (known) return known;
  const kept = stored(place);
  chosen.set(place, kept);
  return kept;
}

function stored(place: string): Chosen[] {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + place) ?? '[]') as Chosen[];
    const fresh = kept.filter((one) => one.id && Date.now() - one.at < KEPT_MS);
    return fresh.length ? fresh : NONE;
  } catch {
    return NONE; // closed to us, or not ours
  }
}

function write(place: string, next: Chosen[]): void {
  chosen.set(place, next);
  try {
    const uploaded = next.filter((one) => one.id);
    if (uploaded.length) localStorage.setItem(PREFIX + place, JSON.stringify(uploaded));
    else localStorage.removeItem(PREFIX + place);
  } catch {
    // full, or closed to us: memory must do
  }
  for (const watcher of watchers) watcher();
}

async function upload(place: string, file: File): Promise<void> {
  const key = crypto.randomUUID();
  write(place, [...read(place), { key, name: file.name || file.type, id: null, at: Date.now() }]);
  try {
    const form = new FormData();
    form.append('file', file);
    const { data } = await api.POST('/api/media', {
      body: form as never,
      bodySerializer: (body: unknown) => body as FormData,
    });
    const id = data?.id ?? null;
    write(
      place,
      read(place).map((one) => (one.key === key ? { ...one, id } : one)),
    );
  } catch (error) {
    tellFailed(error);
    remove(place, key);
  }
}

const remove = (place: string, key: string) =>
  write(
    place,
    read(place).filter((one) => one.key !== key),
  );

export interface Files {
  all: Chosen[];
  ids: string[];
  isBusy: boolean;
  add: (files: File[]) => void;
  remove: (key: string) => void;
  clear: () => void;
}

export function useFiles(userId: string | null, conversationId: string): Files {
  const place = `${userId ?? 'key'}.${conversationId}`;
  const all = useSyncExternalStore(watch, () => read(place));
  return useMemo(
    () => ({
      all,
      ids: all.flatMap((one) => one.id ?? []),
      isBusy: all.some((one) => one.id === null),
      add: (files) => {
        for (const file of files.slice(0, MOST - read(place).length)) void upload(place, file);
      },
      remove: (key) => remove(place, key),
      clear: () => write(place, NONE),
    }),
    [all, place],
  );
}
