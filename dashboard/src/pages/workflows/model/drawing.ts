/** A definition as boxes and arrows, read from top to bottom. */
import { branchesOf, type Definition, type Path, pathText, type Step, stepsIn, walk } from './definition';

export const TRIGGER = 'trigger';
export const FINISH = 'finish';

/** What stands on an arrow. */
export type Label =
  | 'then'
  | 'else'
  | 'reply'
  | 'timeout'
  | 'valid'
  | 'invalid'
  | 'jump'
  | 'after_loops'
  | 'stays';

export interface Box {
  id: string;
  path: Path;
  step: Step;
}

export interface Arrow {
  id: string;
  from: string;
  to: string;
  labels: Label[];
  /** Where a step that is put onto this arrow goes. */
  place: { list: Path; index: number } | null;
}

export interface Drawing {
  boxes: Box[];
  arrows: Arrow[];
}

interface Exit {
  from: string;
  label?: Label;
  place: { list: Path; index: number };
}

const BRANCH_LABELS: Record<string, Label> = {
  then: 'then',
  else: 'else',
  on_timeout: 'timeout',
  on_invalid: 'invalid',
};
/** What is on the way to the next step, where the step has branches for the other cases. */
const STRAIGHT: Partial<Record<Step['type'], Label>> = {
  wait_for_reply: 'reply',
  save_response: 'valid',
  filter: 'stays',
  go_to: 'after_loops',
};
const ENDS = new Set(['end', 'hand_over']);

export function draw(definition: Definition): Drawing {
  const boxes: Box[] = [];
  const arrows = new Map<string, Arrow>();
  const connect = (exit: Exit, to: string) => {
    const id = `${exit.from}>${to}`;
    const known = arrows.get(id);
    const labels = exit.label ? [exit.label] : [];
    if (known) known.labels.push(...labels);
    else arrows.set(id, { id, from: exit.from, to, labels, place: exit.place });
  };
  const drawList = (steps: Step[], list: Path, entries: Exit[]): Exit[] => {
    let open = entries;
    steps.forEach((step, index) => {
      const path = [...list, index];
      const id = pathText(path);
      boxes.push({ id, path, step });
      for (const exit of open) connect(exit, id);
      open = exitsOf(step, path, { list, index: index + 1 });
    });
    return open;
  };
  const exitsOf = (step: Step, path: Path, after: Exit['place']): Exit[] => {
    const from = pathText(path);
    const branches = branchesOf(step).flatMap((name) => {
      const list = [...path, name];
      const inside = stepsIn(step, name);
      return drawList(inside, list, [{ from, label: BRANCH_LABELS[name], place: { list, index: 0 } }]);
    });
    if (ENDS.has(step.type)) return [];
    if (step.type === 'condition') return branches;
    return [{ from, label: STRAIGHT[step.type], place: after }, ...branches];
  };
  const begin: Exit = { from: TRIGGER, place: { list: ['steps'], index: 0 } };
  for (const exit of drawList(definition.steps, ['steps'], [begin])) connect(exit, FINISH);
  addJumps(definition, arrows);
  return { boxes, arrows: [...arrows.values()] };
}

function addJumps(definition: Definition, arrows: Map<string, Arrow>): void {
  const steps = walk(definition);
  for (const { path, step } of steps) {
    if (step.type !== 'go_to') continue;
    const target = steps.find((one) => one.step.id === step.step);
    if (!target) continue;
    const [from, to] = [pathText(path), pathText(target.path)];
    const id = `${from}>${to}`;
    const known = arrows.get(id);
    if (known) known.labels.push('jump');
    else arrows.set(id, { id, from, to, labels: ['jump'], place: null });
  }
}
