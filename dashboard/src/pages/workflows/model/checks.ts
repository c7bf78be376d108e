/** What is wrong with a definition, seen while it is drawn. The server says the rest when it is saved: expressions,
 * variables, depth. Codes and places are those of the server. */
import { type Definition, pathText, type Step, walk } from './definition';

export interface Problem {
  path: string;
  code: string;
  detail: string;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;
const FIELD = /^[a-z][a-z0-9_]{0,59}$/;
const LOCAL_TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const FEWEST_CHOICES = 2;

export function check(definition: Definition): Problem[] {
  const found: Problem[] = [];
  const steps = walk(definition);
  const add = (path: string, code: string, detail = '') => found.push({ path, code, detail });
  const { type, keywords = [] } = definition.trigger;
  if (type === 'keyword' && keywords.length === 0) add('trigger.keywords', 'invalid_keywords');
  if (steps.length === 0) add('steps', 'no_steps');
  const ids = steps.map(({ step }) => step.id);
  for (const { path, step } of steps) {
    const at = pathText(path);
    if (!ID.test(step.id ?? '')) add(`${at}.id`, 'invalid_id');
    else if (ids.filter((id) => id === step.id).length > 1) add(`${at}.id`, 'duplicate_id');
    checkStep(step, ids, (field, code) => add(field ? `${at}.${field}` : at, code));
  }
  return found;
}

type Add = (field: string, code: string) => void;

function checkStep(step: Step, ids: string[], add: Add): void {
  const need = (field: string) => {
    if (!String(step[field] ?? '').trim()) add(field, 'missing_field');
  };
  switch (step.type) {
    case 'send_message':
      need('text');
      break;
    case 'schedule_send':
      need('text');
      if (Boolean(step.at) === Boolean(step.local_time)) add('', 'invalid_time');
      if (step.local_time && !LOCAL_TIME.test(String(step.local_time))) add('local_time', 'invalid_time');
      break;
    case 'filter':
      need('keep');
      break;
    case 'delay':
      if (Boolean(step.seconds) === Boolean(step.until_local_time)) add('', 'invalid_time');
      break;
    case 'condition':
      need('if');
      break;
    case 'wait_for_reply':
      if (!(Number(step.timeout_seconds) >= 1)) add('timeout_seconds', 'missing_field');
      break;
    case 'save_response':
      checkAnswer(step, add);
      break;
    case 'set_field':
      if (!FIELD.test(String(step.field ?? ''))) add('field', 'invalid_field');
      break;
    case 'hand_over':
      need('to');
      break;
    case 'go_to':
      if (!ids.includes(String(step.step))) add('step', 'unknown_step');
      if (!(Number(step.at_most) >= 1)) add('at_most', 'unbounded_loop');
      break;
    case 'end':
      break;
    default:
      add('type', 'unknown_step_type');
  }
}

function checkAnswer(step: Step, add: Add): void {
  if (!FIELD.test(String(step.field ?? ''))) add('field', 'invalid_field');
  const choices = Array.isArray(step.choices) ? (step.choices as string[]) : [];
  const labels = new Set(choices.map((choice) => choice.trim().toLowerCase()).filter(Boolean));
  if (step.as === 'choice' && (labels.size < FEWEST_CHOICES || labels.size < choices.length))
    add('choices', 'invalid_choices');
}

/** Problems of the step that stands at this path, those of its branches apart. */
export function problemsAt(problems: Problem[], path: string): Problem[] {
  return problems.filter(
    (problem) =>
      problem.path === path || (problem.path.startsWith(`${path}.`) && !isInBranch(problem.path, path)),
  );
}

const isInBranch = (problem: string, path: string) =>
  /^\.(then|else|on_timeout|on_invalid)\[/.test(problem.slice(path.length));

/** What is seen here and what the server said of the same definition, each once. */
export function joined(local: Problem[], server: Problem[]): Problem[] {
  const known = new Set(server.map((problem) => `${problem.path} ${problem.code}`));
  const places = new Set(server.map((problem) => problem.path));
  return [
    ...server,
    ...local.filter((problem) => !known.has(`${problem.path} ${problem.code}`) && !places.has(problem.path)),
  ];
}
