/** Pictures and files that go with the next text of a conversation. They are uploaded when they are chosen, and stay chosen
 * through a change of the conversation and a reload; of one that was not uploaded before a reload its name is left, and the
 * text waits until it is chosen again or removed. The server forgets uploads that no text shows after eight days. */
import { useMemo, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { tellFailed } from '@/parts/told';

export interface Chosen {
  key: string;
  name: string;
  /** Null while it is uploaded, and after that failed. */
  id: string | null;
  at: number;
  /** Why it could not be uploaded. */
  problem?: string;
  /** What is uploaded, until it is: for another try. */
  file?: File;
  /** What is said of an earlier try stays until one succeeds. */
  isUploading?: boolean;
}

/** Its content is gone with the page that it was chosen in: it must be chosen again. */
export const isLost = (one: Chosen) => one.id === null && !one.file;

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
    return keptOf(localStorage.getItem(PREFIX + place));
  } catch {
    return NONE; // closed to us
  }
}

function keptOf(text: string | null): Chosen[] {
  try {
    const kept = JSON.parse(text ?? '[]') as Chosen[];
    const fresh = kept.filter((one) => Date.now() - one.at < KEPT_MS);
    return fresh.length ? fresh : NONE;
  } catch {
    return NONE; // not ours
  }
}

function write(place: string, next: Chosen[]): void {
  chosen.set(place, next);
  try {
    const kept = next.map(({ key, name, id, at }) => ({ key, name, id, at }));
    if (kept.length) localStorage.setItem(PREFIX + place, JSON.stringify(kept));
    else localStorage.removeItem(PREFIX + place);
  } catch {
    // full, or closed to us: memory must do
  }
  tellWatchers();
}

function tellWatchers(): void {
  for (const watcher of watchers) watcher();
}

/** Another tab added, sent or removed files: what is uploaded is the same in both. What is not, is this tab's own. */
window.addEventListener('storage', ({ key, newValue }) => {
  const places = key === null ? [...chosen.keys()] : key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : [];
  for (const place of places) {
    chosen.set(place, beside(keptOf(newValue), chosen.get(place) ?? NONE));
  }
  if (places.length) tellWatchers();
});

function beside(kept: Chosen[], known: Chosen[]): Chosen[] {
  const own = known.filter((one) => one.id === null && one.file);
  const wasLost = (one: Chosen) => known.some(({ key, file }) => key === one.key && !file);
  // What the other tab still uploads is not lost, and not ours to wait for.
  const theirs = kept.filter((one) => one.id !== null || wasLost(one));
  return [...theirs.filter((one) => !own.some(({ key }) => key === one.key)), ...own];
}

const change = (place: string, key: string, with_: Partial<Chosen>) =>
  write(
    place,
    read(place).map((one) => (one.key === key ? { ...one, ...with_ } : one)),
  );

function choose(place: string, file: File): void {
  const one = { key: crypto.randomUUID(), name: file.name || file.type, id: null, at: Date.now(), file };
  const others = read(place).filter((known) => !(isLost(known) && known.name === one.name));
  write(place, [...others, one]);
  void upload(place, one.key, file);
}

async function upload(place: string, key: string, file: File): Promise<void> {
  change(place, key, { isUploading: true });
  try {
    const form = new FormData();
    form.append('file', file);
    const { data } = await api.POST('/api/media', {
      body: form as never,
      bodySerializer: (body: unknown) => body as FormData,
    });
    change(place, key, { id: data?.id ?? null, file: undefined, problem: undefined, isUploading: false });
  } catch (error) {
    change(place, key, { problem: asProblem(error).detail, isUploading: false });
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
  /** Some are not uploaded: on their way, failed or lost. A text would go without them. */
  isBusy: boolean;
  add: (files: File[]) => void;
  /** Uploads one that failed once more. */
  again: (one: Chosen) => void;
  remove: (key: string) => void;
  clear: () => void;
}

export function useFiles(userId: string | null, conversationId: string): Files {
  const { t } = useTranslation('inbox');
  const place = `${userId ?? 'key'}.${conversationId}`;
  const all = useSyncExternalStore(watch, () => read(place));
  return useMemo(
    () => ({
      all,
      ids: all.flatMap((one) => one.id ?? []),
      isBusy: all.some((one) => one.id === null),
      add: (files) => {
        const free = MOST - read(place).length;
        for (const file of files.slice(0, free)) choose(place, file);
        if (files.length > free)
          tellFailed(new Error(t('A text takes ten files at most. The others were left out.')));
      },
      again: ({ key, file, isUploading }) => {
        if (file && !isUploading) void upload(place, key, file);
      },
      remove: (key) => remove(place, key),
      clear: () => write(place, NONE),
    }),
    [all, place, t],
  );
}
