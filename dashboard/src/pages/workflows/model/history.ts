/** Undo and redo of edits. Edits with the same key that follow each other are one: a word typed is undone as a whole. */
export interface History<T> {
  past: T[];
  present: T;
  future: T[];
  key: string;
}

const KEPT = 200;

export type Edit<T> =
  | { type: 'set'; value: T; key?: string }
  | { type: 'undo' }
  | { type: 'redo' }
  | { type: 'reset'; value: T };

export const begin = <T>(value: T): History<T> => ({ past: [], present: value, future: [], key: '' });

export function edit<T>(known: History<T>, act: Edit<T>): History<T> {
  switch (act.type) {
    case 'set': {
      if (act.value === known.present) return known;
      const joins = Boolean(act.key) && act.key === known.key;
      const past = joins ? known.past : [...known.past, known.present].slice(-KEPT);
      return { past, present: act.value, future: [], key: act.key ?? '' };
    }
    case 'undo': {
      const last = known.past.at(-1);
      if (last === undefined) return known;
      return {
        past: known.past.slice(0, -1),
        present: last,
        future: [known.present, ...known.future],
        key: '',
      };
    }
    case 'redo': {
      const [next, ...future] = known.future;
      if (next === undefined) return known;
      return { past: [...known.past, known.present], present: next, future, key: '' };
    }
    case 'reset':
      return begin(act.value);
  }
}
