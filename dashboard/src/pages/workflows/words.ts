/** Steps, triggers, states and problems of workflows, in words. */
import type { TFunction } from 'i18next';
import type { Schemas } from '@/api/client';
import type { Step, StepType, TriggerType } from './model/definition';
import type { Label } from './model/drawing';

export type Workflow = Schemas['WholeWorkflowOut'];
export type Run = Schemas['RunOut'];
export type DryRun = Schemas['DryRunOut'];
export type T = TFunction<'workflows'>;
export type RunState = Run['state'];

export const stepName = (t: T): Record<StepType, string> => ({
  send_message: t('Send a text'),
  wait_for_reply: t('Wait for a reply'),
  save_response: t('Save the answer'),
  condition: t('Condition'),
  delay: t('Pause'),
  schedule_send: t('Send at a time'),
  filter: t('Only some go on'),
  set_field: t('Write a field'),
  hand_over: t('Hand over'),
  go_to: t('Jump'),
  end: t('End'),
});

export const aboutStep = (t: T): Record<StepType, string> => ({
  send_message: t('Sends an SMS and goes on when the carrier has taken it.'),
  wait_for_reply: t('Waits for the next text, up to a time.'),
  save_response: t('Reads the latest reply as text, number, choice or date.'),
  condition: t('Goes one way or the other.'),
  delay: t('Waits for a while, or until a time on their clock.'),
  schedule_send: t('Waits for a moment, then sends an SMS.'),
  filter: t('People who do not fit this condition leave the workflow.'),
  set_field: t('Writes a field of the contact.'),
  hand_over: t('To a person or the assistant. The run ends.'),
  go_to: t('Goes back or ahead to a step, at most so often.'),
  end: t('The run ends here.'),
});

export const triggerName = (t: T): Record<TriggerType, string> => ({
  campaign: t('A campaign starts it'),
  keyword: t('A keyword starts it'),
  new_conversation: t('The first text of a person starts it'),
  api: t('A person or a program starts it'),
});

export const stateName = (t: T): Record<Workflow['state'], string> => ({
  draft: t('Draft'),
  active: t('Active'),
  archived: t('Archived'),
});

export const runStateName = (t: T): Record<RunState, string> => ({
  waiting: t('Waiting'),
  running: t('Running'),
  finished: t('Finished'),
  stopped: t('Stopped'),
  failed: t('Failed'),
});

export const arrowName = (t: T): Record<Label, string> => ({
  then: t('yes'),
  else: t('no'),
  reply: t('reply'),
  timeout: t('no reply'),
  valid: t('understood'),
  invalid: t('not understood'),
  jump: t('jump'),
  after_loops: t('after the last jump'),
  stays: t('stays'),
});

export const branchName = (t: T): Record<string, string> => ({
  then: t('If yes'),
  else: t('If no'),
  on_timeout: t('If no reply comes'),
  on_invalid: t('If it cannot be understood'),
});

/** A problem in the words of the language; the server's detail, which is English, where it says more. */
export function problemIn(t: T, code: string, detail: string): string {
  const known: Record<string, string> = {
    missing_field: t('This is needed.'),
    invalid_field: t('This value does not fit.'),
    invalid_id: t('A name has letters, digits, _ and -, and begins with a letter or digit.'),
    duplicate_id: t('Another step has this name.'),
    reserved_id: t('This name is taken by the campaign’s own text.'),
    unknown_step: t('There is no such step.'),
    unknown_step_type: t('There is no such kind of step.'),
    unbounded_loop: t('Say how often a run may jump.'),
    invalid_time: t('Give one time: a moment, or a time of day.'),
    invalid_choices: t('A choice needs at least two different choices.'),
    invalid_keywords: t('A keyword trigger needs keywords.'),
    reserved_keyword: t('This word means stop, start or help.'),
    duplicate_keyword: t('This keyword is listed twice.'),
    no_steps: t('A workflow has at least one step.'),
    needs_column: t('A variable here must be a column of every recipient.'),
    no_reply_to_save: t('No wait comes before it, so nothing is saved.'),
    reserved_word: t('As a reply this word means stop, start or help.'),
  };
  const words = known[code];
  if (!words) return detail || code.replaceAll('_', ' ');
  return detail && (code === 'needs_column' || code === 'invalid_field') ? `${words} (${detail})` : words;
}

export function deadEndIn(t: T, reason: string): string {
  const known: Record<string, string> = {
    missing_variable: t('a variable has no value'),
    expression_failed: t('a condition cannot be evaluated'),
    no_reply: t('there is no reply to save'),
    nothing_saved: t('no readable answer'),
    fell_through: t('the jump is used up'),
    unanswered: t('nothing follows when no reply comes'),
    too_many_moves: t('too many moves'),
  };
  return known[reason] ?? reason.replaceAll('_', ' ');
}

export function happenedIn(t: T, what: string): string {
  const known: Record<string, string> = {
    sent: t('text sent'),
    not_sent: t('text not sent'),
    undelivered: t('text not delivered'),
    withdrawn: t('text taken back'),
    held: t('held'),
    skipped: t('step skipped'),
    scheduled: t('scheduled'),
    delayed: t('pause begins'),
    then: t('condition: yes'),
    else: t('condition: no'),
    waiting: t('waits for a reply'),
    replied: t('reply came'),
    timed_out: t('no reply came'),
    saved: t('answer saved'),
    no_reply: t('no reply to save'),
    invalid: t('answer not understood'),
    nothing_saved: t('nothing saved'),
    field_set: t('field written'),
    jumped: t('jumped'),
    fell_through: t('no more jumps'),
    expression_failed: t('condition failed'),
    moved_on: t('moved on by a person'),
    finished: t('finished'),
    stopped: t('stopped'),
    failed: t('failed'),
  };
  return known[what] ?? what.replaceAll('_', ' ');
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function durationIn(t: T, seconds: number): string {
  if (seconds >= DAY && seconds % DAY === 0) return t('{{count}} days', { count: seconds / DAY });
  if (seconds >= HOUR && seconds % HOUR === 0) return t('{{count}} hours', { count: seconds / HOUR });
  if (seconds >= MINUTE && seconds % MINUTE === 0) return t('{{count}} minutes', { count: seconds / MINUTE });
  return t('{{count}} seconds', { count: seconds });
}

/** What a step does, in one line. */
export function summaryOf(t: T, step: Step): string {
  const text = (field: string) => String(step[field] ?? '');
  switch (step.type) {
    case 'send_message':
      return text('text') || t('no text yet');
    case 'schedule_send':
      return `${text('local_time') || text('at')}: ${text('text') || t('no text yet')}`;
    case 'filter':
      return text('keep') || t('no condition yet');
    case 'condition':
      return text('if') || t('no condition yet');
    case 'delay':
      return step.until_local_time
        ? t('until {{time}} on their clock', { time: text('until_local_time') })
        : durationIn(t, Number(step.seconds ?? 0));
    case 'wait_for_reply':
      return t('up to {{time}}', { time: durationIn(t, Number(step.timeout_seconds ?? 0)) });
    case 'save_response':
      return t('{{field}} as {{kind}}', {
        field: text('field'),
        kind: answerKind(t)[text('as')] ?? text('as'),
      });
    case 'set_field':
      return `${text('field')} = ${text('value')}`;
    case 'hand_over':
      return step.to === 'assistant' ? t('to the assistant') : t('to a person');
    case 'go_to':
      return t('to “{{step}}”, at most {{count}} times', {
        step: text('step'),
        count: Number(step.at_most ?? 0),
      });
    case 'end':
      return t('the run ends');
    default:
      return '';
  }
}

export const answerKind = (t: T): Record<string, string> => ({
  text: t('text'),
  number: t('number'),
  choice: t('choice'),
  date: t('date'),
});
