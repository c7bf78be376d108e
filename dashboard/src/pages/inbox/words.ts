/** States, reasons and changes in words. */
import type { TFunction } from 'i18next';
import type { Conversation, Message } from '@/live/frames';
import { phone } from '@/words/phone';
import type { Colleague, Entry } from './data/queries';

export type Tone = 'quiet' | 'good' | 'danger' | 'attention';

const SENT = new Set(['accepted', 'sent', 'unconfirmed']);
const QUEUED = new Set(['queued', 'submitting', 'unknown', 'unresolved']);

/** How far a text of ours is. Begins with "Queued", "Sent", "Delivered" or "Not delivered". */
export function statusWords(message: Message, t: TFunction): { words: string; tone: Tone; detail: string } {
  const { status } = message;
  const detail = message.error?.title || message.error?.detail || reasonWords(message.reason, t);
  if (status === 'delivered') return { words: t('Delivered'), tone: 'good', detail: '' };
  if (status === 'unconfirmed') return { words: t('Sent, without a receipt'), tone: 'quiet', detail: '' };
  if (SENT.has(status)) return { words: t('Sent'), tone: 'quiet', detail: '' };
  if (status === 'unresolved')
    return { words: t('Queued: nobody knows whether it left'), tone: 'attention', detail };
  if (QUEUED.has(status)) return { words: t('Queued'), tone: 'quiet', detail };
  return { words: t('Not delivered'), tone: 'danger', detail: detail || failureWords(status, t) };
}

function failureWords(status: string, t: TFunction): string {
  const words: Record<string, string> = {
    suppressed: t('this person wants no texts'),
    expired: t('it came too late to be sent'),
    withdrawn: t('it was withdrawn before it left'),
    refused: t('it was refused before it left'),
    undelivered: t('the carrier could not deliver it'),
    failed: t('the carrier refused it'),
  };
  return words[status] ?? status;
}

function reasonWords(reason: string, t: TFunction): string {
  if (!reason) return '';
  const words: Record<string, string> = {
    opted_out: t('this person wants no texts'),
    suppressed: t('this person wants no texts'),
    quiet_hours: t('waits for the end of the quiet hours'),
    daily_parts: t('the number has sent all it may today'),
    daily_cap: t('the number has sent all it may today'),
    spend_cap: t('the spending limit is reached'),
    pace: t('waits for its turn'),
    paused: t('sending is paused'),
    carrier_busy: t('the carrier is busy'),
    carrier_away: t('the carrier does not answer'),
    gap: t('waits for the text before it'),
  };
  return words[reason] ?? reason.replaceAll('_', ' ');
}

/** Why a person is wanted, short enough for a row. */
export function needsWords(reason: string, t: TFunction): string {
  const words: Record<string, string> = {
    possible_opt_out: t('May want no more texts'),
    asked_for_person: t('Asked for a person'),
    hand_over: t('Handed over to a person'),
    refusal: t('The model refused to answer'),
    loop: t('Two machines answer each other'),
    ai_limit: t('The assistant reached its limit'),
    opted_out_writes: t('Opted out, but writes again'),
    group_text: t('Wrote to a group'),
    failure: t('No answer could be made'),
    no_answer_in_time: t('The assistant was too late'),
    answer_not_sent: t('The answer could not be sent'),
    answer_too_long: t('The answer is too long to send by itself'),
    answer_ungrounded: t('The answer says what no source says'),
    media_only: t('A picture without words'),
    outside_hours: t('Wrote outside of business hours'),
  };
  return words[reason] ?? reason.replaceAll('_', ' ');
}

export function draftReasonWords(reason: string, t: TFunction): string {
  const words: Record<string, string> = {
    too_long: t('It waits because it takes too many parts.'),
    ungrounded: t('It waits because it says what no source says.'),
    guide: t('It waits because answers of this kind are read by a person first.'),
  };
  return words[reason] ?? '';
}

/** Why a conversation stands in the list, in one phrase. */
export function rowReason(one: Conversation, t: TFunction): { words: string; tone: Tone } | null {
  if (one.needs_person) return { words: needsWords(one.needs_person.reason, t), tone: 'attention' };
  if (one.draft) return { words: t('A suggested reply waits'), tone: 'good' };
  if (one.ai_state === 'drafting') return { words: t('The assistant is writing'), tone: 'quiet' };
  if (one.ai_state === 'waiting') return { words: t('A workflow waits for an answer'), tone: 'quiet' };
  if (one.snoozed_until) return { words: t('Snoozed'), tone: 'quiet' };
  if (one.opted_out) return { words: t('Opted out'), tone: 'danger' };
  return null;
}

export function hasReason(one: Conversation): boolean {
  const { needs_person, draft, ai_state, snoozed_until, opted_out } = one;
  const isBusy = ai_state === 'drafting' || ai_state === 'waiting';
  return Boolean(needs_person || draft || isBusy || snoozed_until || opted_out);
}

export function nameOf(one: Conversation): string {
  return one.contact.name || phone(one.contact.phone_number);
}

export function authorWords(author: string, t: TFunction): string {
  const words: Record<string, string> = {
    agent: t('Team'),
    assistant: t('Assistant'),
    campaign: t('Campaign'),
    workflow: t('Workflow'),
    api: t('Program'),
    system: t('Parley'),
    customer: t('Customer'),
    carrier: t('Carrier'),
  };
  return words[author] ?? author;
}

export function whoWords(entry: Entry, colleagues: Colleague[], me: string | null, t: TFunction): string {
  if (entry.user_id && entry.user_id === me) return t('You');
  return colleagues.find((one) => one.id === entry.user_id)?.name ?? authorWords(entry.author, t);
}

/** A change of the conversation, as one line of its thread. */
export function changeWords(entry: Entry, who: string, t: TFunction): string {
  if (entry.what === 'ai_mode') return modeWords(entry, who, t);
  const words: Record<string, string> = {
    assigned: t('{{who}} assigned the conversation', { who }),
    unassigned: t('{{who}} took the assignment away', { who }),
    assistant: t('{{who}} chose another assistant', { who }),
    guide: t('{{who}} changed the guide', { who }),
    closed: t('{{who}} closed the conversation', { who }),
    reopened: t('{{who}} reopened the conversation', { who }),
    labelled: t('{{who}} added a label', { who }),
    unlabelled: t('{{who}} removed a label', { who }),
    snoozed: t('{{who}} snoozed the conversation', { who }),
    woken: t('The snooze ended'),
    draft_approved: t('{{who}} approved the suggested reply', { who }),
    draft_edited: t('{{who}} edited and sent the suggested reply', { who }),
    draft_rejected: t('{{who}} rejected the suggested reply', { who }),
    needs_person: t('A person is wanted'),
    field_set: t('{{who}} noted something about the customer', { who }),
    follow_up: t('A follow-up was planned'),
  };
  return words[entry.what] ?? entry.summary;
}

function modeWords(entry: Entry, who: string, t: TFunction): string {
  const mode = entry.summary.split(' ').at(-1);
  if (mode === 'off') return t('{{who}} took over from the assistant', { who });
  if (mode === 'suggest') return t('{{who}} had the assistant suggest', { who });
  if (mode === 'auto') return t('{{who}} had the assistant answer', { who });
  return t('{{who}} changed the assistant’s mode', { who });
}
