import { describe, expect, it } from 'vitest';
import { check, joined, problemsAt } from './checks';
import {
  asDefinition,
  change,
  type Definition,
  insert,
  move,
  newStep,
  pathText,
  remove,
  walk,
} from './definition';
import { draw, FINISH, TRIGGER } from './drawing';
import { begin, edit } from './history';
import { placesOf } from './layout';
import { trafficOf } from './traffic';

const SURVEY: Definition = {
  trigger: { type: 'keyword', keywords: ['SURVEY'] },
  steps: [
    { id: 'ask', type: 'send_message', text: 'From 1 to 10?' },
    {
      id: 'wait',
      type: 'wait_for_reply',
      timeout_seconds: 60,
      on_timeout: [
        { id: 'again', type: 'go_to', step: 'ask', at_most: 1 },
        { id: 'gone', type: 'end' },
      ],
    },
    { id: 'score', type: 'save_response', field: 'score', as: 'number' },
    {
      id: 'low',
      type: 'condition',
      if: 'saved.score < 7',
      then: [{ id: 'sorry', type: 'send_message', text: 'Sorry.' }],
      else: [],
    },
    { id: 'bye', type: 'send_message', text: 'Bye.', when: 'saved.score > 2' },
  ],
};
const idsOf = (definition: Definition) => walk(definition).map(({ step }) => step.id);
const arrowsOf = (definition: Definition) =>
  draw(definition).arrows.map((arrow) => `${arrow.from}>${arrow.to} ${arrow.labels.join('+')}`.trim());

describe('a definition', () => {
  it('is walked in reading order, branches included, with places as the server names them', () => {
    expect(idsOf(SURVEY)).toEqual(['ask', 'wait', 'again', 'gone', 'score', 'low', 'sorry', 'bye']);
    expect(walk(SURVEY).map(({ path }) => pathText(path))[6]).toBe('steps[3].then[0]');
  });

  it('takes a step into a branch that was not there, and gives it a name of its own', () => {
    const step = newStep(SURVEY, 'end');
    const without = change(SURVEY, ['steps', 3], { else: undefined });
    const changed = insert(without, ['steps', 3, 'else'], 0, step);
    expect(idsOf(changed)).toEqual(['ask', 'wait', 'again', 'gone', 'score', 'low', 'sorry', 'end', 'bye']);
    expect(newStep(changed, 'end').id).toBe('end_2');
    expect(idsOf(SURVEY)).toHaveLength(8);
  });

  it('moves a step among its neighbours only, and loses none', () => {
    const { definition, path } = move(SURVEY, ['steps', 1], 1);
    expect(idsOf(definition)).toEqual(['ask', 'score', 'wait', 'again', 'gone', 'low', 'sorry', 'bye']);
    expect(pathText(path)).toBe('steps[2]');
    expect(move(SURVEY, ['steps', 0], -1).definition).toBe(SURVEY);
  });

  it('deletes a step with what is in its branches', () => {
    expect(idsOf(remove(SURVEY, ['steps', 1]))).toEqual(['ask', 'score', 'low', 'sorry', 'bye']);
  });

  it('leads jumps to the new name of a step', () => {
    const renamed = change(SURVEY, ['steps', 0], { id: 'question' });
    expect(walk(renamed).find(({ step }) => step.id === 'again')?.step.step).toBe('question');
  });

  it('is refused where it cannot be drawn', () => {
    expect(asDefinition({ steps: 'none' })).toBeNull();
    expect(asDefinition({ steps: [{ id: 'a', type: 'condition', then: [1] }] })).toBeNull();
    expect(asDefinition({ trigger: { type: 'api' }, steps: [] })).not.toBeNull();
  });
});

describe('the drawing', () => {
  it('has every step once, and arrows for each way that a run can go', () => {
    expect(arrowsOf(SURVEY)).toEqual([
      `${TRIGGER}>steps[0]`,
      'steps[0]>steps[1]',
      'steps[1]>steps[1].on_timeout[0] timeout',
      'steps[1].on_timeout[0]>steps[1].on_timeout[1] after_loops',
      'steps[1]>steps[2] reply',
      'steps[2]>steps[3] valid+invalid',
      'steps[3]>steps[3].then[0] then',
      'steps[3].then[0]>steps[4]',
      'steps[3]>steps[4] else',
      `steps[4]>${FINISH}`,
      'steps[1].on_timeout[0]>steps[0] jump',
    ]);
    expect(draw(SURVEY).boxes).toHaveLength(8);
  });

  it('says where a step goes that is put onto an arrow', () => {
    const places = new Map(draw(SURVEY).arrows.map((arrow) => [arrow.id, arrow.place]));
    expect(places.get('steps[3]>steps[4]')).toEqual({ list: ['steps', 3, 'else'], index: 0 });
    expect(places.get('steps[3].then[0]>steps[4]')).toEqual({ list: ['steps', 3, 'then'], index: 1 });
    expect(places.get(`${TRIGGER}>steps[0]`)).toEqual({ list: ['steps'], index: 0 });
  });

  it('reads from top to bottom', () => {
    const places = placesOf(draw(SURVEY));
    const y = (id: string) => places.get(id)?.y ?? Number.NaN;
    expect(y(TRIGGER)).toBeLessThan(y('steps[0]'));
    expect(y('steps[0]')).toBeLessThan(y('steps[1].on_timeout[0]'));
    expect(y('steps[3].then[0]')).toBeLessThan(y('steps[4]'));
    expect(y('steps[4]')).toBeLessThan(y(FINISH));
  });

  it('counts people on its arrows, also past a step that was skipped', () => {
    const drawing = draw(SURVEY);
    const traffic = trafficOf(drawing, [
      { steps: ['ask', 'wait', 'score', 'low', 'sorry', 'bye'], n: 5 },
      { steps: ['ask', 'wait', 'score', 'low', 'sorry'], n: 2 },
      { steps: ['ask', 'wait', 'again', 'ask', 'wait', 'again', 'gone'], n: 3 },
    ]);
    expect(traffic.arrows.get('steps[3]>steps[3].then[0]')).toBe(7);
    expect(traffic.arrows.get('steps[3]>steps[4]')).toBeUndefined();
    expect(traffic.arrows.get(`steps[4]>${FINISH}`)).toBe(7);
    expect(traffic.arrows.get('steps[1].on_timeout[0]>steps[0]')).toBe(3);
    expect(traffic.boxes.get('steps[0]')).toBe(10);
  });
});

describe('checks', () => {
  it('finds nothing in a definition that is right', () => {
    expect(check(SURVEY)).toEqual([]);
  });

  it('names place and code as the server does', () => {
    const broken: Definition = {
      trigger: { type: 'keyword', keywords: [] },
      steps: [
        { id: 'a', type: 'send_message', text: ' ' },
        { id: 'a', type: 'go_to', step: 'nowhere' },
        { id: 'c', type: 'condition', if: 'true', then: [{ id: 'd', type: 'delay' }] },
        { id: 'e', type: 'save_response', field: 'X', as: 'choice', choices: ['one', 'One '] },
      ],
    };
    expect(check(broken).map(({ path, code }) => `${path} ${code}`)).toEqual([
      'trigger.keywords invalid_keywords',
      'steps[0].id duplicate_id',
      'steps[0].text missing_field',
      'steps[1].id duplicate_id',
      'steps[1].step unknown_step',
      'steps[1].at_most unbounded_loop',
      'steps[2].then[0] invalid_time',
      'steps[3].field invalid_field',
      'steps[3].choices invalid_choices',
    ]);
  });

  it('gives a step its own problems, and not those of steps in its branches or after it', () => {
    const problems = ['steps[1].if', 'steps[1].then[0].text', 'steps[1]', 'steps[10].text'].map((path) => ({
      path,
      code: 'missing_field',
      detail: '',
    }));
    expect(problemsAt(problems, 'steps[1]').map(({ path }) => path)).toEqual(['steps[1].if', 'steps[1]']);
  });

  it('says a problem once that both have found, in the words of the server', () => {
    const local = [{ path: 'steps[0].text', code: 'missing_field', detail: '' }];
    const server = [{ path: 'steps[0].text', code: 'missing_field', detail: 'needs a text' }];
    expect(joined(local, server)).toEqual(server);
  });
});

describe('undo and redo', () => {
  it('go back over edits, a word typed as one, and forward again', () => {
    let history = begin('');
    for (const value of ['H', 'Hi']) history = edit(history, { type: 'set', value, key: 'text' });
    history = edit(history, { type: 'set', value: 'Hi!', key: 'other' });
    history = edit(history, { type: 'undo' });
    expect(history.present).toBe('Hi');
    history = edit(history, { type: 'undo' });
    expect(history.present).toBe('');
    expect(edit(history, { type: 'undo' })).toBe(history);
    history = edit(edit(history, { type: 'redo' }), { type: 'redo' });
    expect(history.present).toBe('Hi!');
  });

  it('forget what was undone once something else is edited', () => {
    let history = edit(begin(1), { type: 'set', value: 2 });
    history = edit(edit(history, { type: 'undo' }), { type: 'set', value: 3 });
    expect(edit(history, { type: 'redo' }).present).toBe(3);
  });
});
