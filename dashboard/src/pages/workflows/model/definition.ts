/** A workflow's definition and what one can do with it. Every change makes a new one; nothing is changed in place. */

export const STEP_TYPES = [
  'send_message',
  'wait_for_reply',
  'save_response',
  'condition',
  'delay',
  'schedule_send',
  'filter',
  'set_field',
  'hand_over',
  'go_to',
  'end',
] as const;
export type StepType = (typeof STEP_TYPES)[number];

export const TRIGGER_TYPES = ['campaign', 'keyword', 'new_conversation', 'api'] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

export interface Step {
  id: string;
  type: StepType;
  when?: string;
  [field: string]: unknown;
}

export interface Definition {
  trigger: { type: TriggerType; keywords?: string[] };
  steps: Step[];
}

/** Where a list of steps stands: `['steps']`, or `['steps', 2, 'then']`. A step adds its place in the list. */
export type Path = readonly (string | number)[];

/** The lists of steps that a step of this type may hold. */
export const BRANCHES: Partial<Record<StepType, readonly string[]>> = {
  condition: ['then', 'else'],
  wait_for_reply: ['on_timeout'],
  save_response: ['on_invalid'],
};

export const branchesOf = (step: Step): readonly string[] => BRANCHES[step.type] ?? [];

export function stepsIn(step: Step, branch: string): Step[] {
  const list = step[branch];
  return Array.isArray(list) ? (list as Step[]) : [];
}

/** As the server writes places: `steps[2].then[0]`. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text ? `${text}.${part}` : part;
  }, '');

export interface Placed {
  path: Path;
  step: Step;
  depth: number;
  /** Of the step that holds this one; empty at the top. */
  branch: string;
}

/** Every step in reading order. */
export function walk(definition: Definition): Placed[] {
  const found: Placed[] = [];
  const visit = (list: Step[], path: Path, depth: number, branch: string) => {
    list.forEach((step, index) => {
      const at = [...path, index];
      found.push({ path: at, step, depth, branch });
      for (const name of branchesOf(step)) visit(stepsIn(step, name), [...at, name], depth + 1, name);
    });
  };
  visit(definition.steps, ['steps'], 0, '');
  return found;
}

export const stepAt = (definition: Definition, path: Path): Step | undefined =>
  valueAt(definition, path) as Step | undefined;

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], value);

function withValue(value: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((one, index) => (index === first ? withValue(one, rest, change) : one));
  const known = (value ?? {}) as Record<string, unknown>;
  return { ...known, [first]: withValue(known[first], rest, change) };
}

const withList = (definition: Definition, list: Path, change: (steps: Step[]) => Step[]): Definition =>
  withValue(definition, list, (steps) => change(Array.isArray(steps) ? (steps as Step[]) : [])) as Definition;

const split = (path: Path): [Path, number] => [path.slice(0, -1), Number(path.at(-1))];

export const insert = (definition: Definition, list: Path, index: number, step: Step): Definition =>
  withList(definition, list, (steps) => [...steps.slice(0, index), step, ...steps.slice(index)]);

export function remove(definition: Definition, path: Path): Definition {
  const [list, index] = split(path);
  return withList(definition, list, (steps) => steps.filter((_, n) => n !== index));
}

/** One place up or down among its neighbours; at the edge nothing changes. */
export function move(definition: Definition, path: Path, by: -1 | 1): { definition: Definition; path: Path } {
  const [list, index] = split(path);
  const steps = valueAt(definition, list) as Step[];
  const to = index + by;
  if (to < 0 || to >= steps.length) return { definition, path };
  const moved = withList(definition, list, (known) => {
    const next = [...known];
    const [step] = next.splice(index, 1);
    if (step) next.splice(to, 0, step);
    return next;
  });
  return { definition: moved, path: [...list, to] };
}

/** Fields of one step. `undefined` takes a field away. A new id is followed by the jumps to it. */
export function change(definition: Definition, path: Path, fields: Record<string, unknown>): Definition {
  const before = stepAt(definition, path);
  const changed = withValue(definition, path, (step) =>
    cleaned({ ...(step as Step), ...fields }),
  ) as Definition;
  const id = fields.id;
  if (!before || typeof id !== 'string' || id === before.id) return changed;
  const isShared = walk(definition).filter(({ step }) => step.id === before.id).length > 1;
  return isShared ? changed : followed(changed, before.id, id);
}

const cleaned = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function followed(definition: Definition, from: string, to: string): Definition {
  return walk(definition)
    .filter(({ step }) => step.type === 'go_to' && step.step === from)
    .reduce((known, { path }) => change(known, path, { step: to }), definition);
}

const SHORT: Record<StepType, string> = {
  send_message: 'text',
  schedule_send: 'later',
  filter: 'only',
  delay: 'pause',
  condition: 'choice',
  wait_for_reply: 'wait',
  save_response: 'answer',
  set_field: 'set',
  hand_over: 'hand_over',
  go_to: 'again',
  end: 'end',
};

const DAY = 86_400;
const BEGINNINGS: Record<StepType, Record<string, unknown>> = {
  send_message: { text: '' },
  schedule_send: { text: '', local_time: '10:00' },
  filter: { keep: '' },
  delay: { seconds: 3600 },
  condition: { if: '', then: [] },
  wait_for_reply: { timeout_seconds: DAY },
  save_response: { field: 'answer', as: 'text' },
  set_field: { field: '', value: '' },
  hand_over: { to: 'person' },
  go_to: { step: '', at_most: 1 },
  end: {},
};

/** A step with an id that no other has. */
export function newStep(definition: Definition, type: StepType): Step {
  const taken = new Set(walk(definition).map(({ step }) => step.id));
  const base = SHORT[type];
  let id: string = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}_${n}`;
  return { id, type, ...structuredClone(BEGINNINGS[type]) };
}

/** JSON that may be drawn; null where it is no definition at all. */
export function readDefinition(text: string): Definition | null {
  try {
    return asDefinition(JSON.parse(text));
  } catch {
    return null;
  }
}

export function asDefinition(value: unknown): Definition | null {
  if (!isRecord(value) || !Array.isArray(value.steps)) return null;
  const isDrawable = (steps: unknown): boolean =>
    Array.isArray(steps) &&
    steps.every(
      (step) =>
        isRecord(step) &&
        Object.values(BRANCHES)
          .flat()
          .every((name) => step[name] == null || isDrawable(step[name])),
    );
  if (!isDrawable(value.steps)) return null;
  const trigger = isRecord(value.trigger) ? value.trigger : { type: 'campaign' };
  return { ...value, trigger, steps: value.steps } as unknown as Definition;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
