/** The definition as it is being edited: undo, redo, what is wrong with it, and kept over a reload. */
import { useCallback, useEffect, useMemo, useReducer } from 'react';
import { check, joined, type Problem } from './model/checks';
import { asDefinition, type Definition } from './model/definition';
import { begin, type Edit, edit, type History } from './model/history';
import type { Workflow } from './words';

const kept = (id: string) => `parley.workflow.${id}`;

interface Kept {
  version: number;
  definition: Definition;
}

function readKept(id: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(kept(id)) ?? 'null') as Kept | null;
    const definition = found && asDefinition(found.definition);
    return found && definition ? { version: found.version, definition } : null;
  } catch {
    return null;
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const EMPTY: Definition = { trigger: { type: 'campaign' }, steps: [] };

function beginWith(workflow: Workflow): History<Definition> {
  const saved = asDefinition(workflow.definition) ?? EMPTY;
  const found = readKept(workflow.id);
  if (!found || same(found.definition, saved)) return begin(saved);
  return edit(begin(saved), { type: 'set', value: found.definition });
}

export interface Editing {
  definition: Definition;
  set: (definition: Definition, key?: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  isChanged: boolean;
  /** Back to what is saved. */
  discard: () => void;
  problems: Problem[];
  warnings: Problem[];
}

export function useEditing(workflow: Workflow): Editing {
  const [history, act] = useReducer(edit<Definition>, workflow, beginWith);
  const definition = history.present;
  const saved = useMemo(() => asDefinition(workflow.definition) ?? EMPTY, [workflow.definition]);
  const isChanged = useMemo(() => !same(definition, saved), [definition, saved]);
  useEffect(() => {
    if (isChanged)
      localStorage.setItem(kept(workflow.id), JSON.stringify({ version: workflow.version, definition }));
    else localStorage.removeItem(kept(workflow.id));
  }, [isChanged, definition, workflow.id, workflow.version]);
  const problems = useMemo(
    () => joined(check(definition), isChanged ? [] : workflow.problems),
    [definition, isChanged, workflow.problems],
  );
  const run = useCallback((asked: Edit<Definition>) => act(asked), []);
  return {
    definition,
    set: useCallback((value: Definition, key?: string) => run({ type: 'set', value, key }), [run]),
    undo: useCallback(() => run({ type: 'undo' }), [run]),
    redo: useCallback(() => run({ type: 'redo' }), [run]),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    isChanged,
    discard: () => run({ type: 'reset', value: saved }),
    problems,
    warnings: isChanged ? [] : workflow.warnings,
  };
}
