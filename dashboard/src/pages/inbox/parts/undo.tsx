/** The latest thing that can be taken back, for a few seconds. */
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/app/commands';
import classes from './undo.module.css';

const SHOWN_MS = 8_000;

interface Offer {
  done: string;
  undo: () => void;
}

let offer: Offer | null = null;
let timer = 0;
const watchers = new Set<() => void>();

function set(next: Offer | null): void {
  offer = next;
  for (const watcher of watchers) watcher();
}

export function offerUndo(done: string, undo: () => void): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => set(null), SHOWN_MS);
  set({ done, undo });
}

function takeBack(): void {
  const last = offer;
  set(null);
  last?.undo();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

export function UndoBar() {
  const { t } = useTranslation('inbox');
  const shown = useSyncExternalStore(watch, () => offer);
  useCommands([{ id: 'undo', label: t('Undo the last step'), keys: 'z', run: takeBack }]);
  return (
    <div role="status" className={classes.place}>
      {shown && (
        <div className={classes.bar}>
          <span>{shown.done}</span>
          <button type="button" onClick={takeBack}>
            {t('Undo')} <kbd>z</kbd>
          </button>
        </div>
      )}
    </div>
  );
}
