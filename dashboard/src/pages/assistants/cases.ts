/** Cases for a replay, as people write or upload them. */
import type { Schemas } from '@/api/client';

export type ReplayCase = Schemas['ReplayCaseIn'];
export const MOST_CASES = 500;

/** One question a line; after a tab, what was sent. Or the cases as JSON. Throws with a sentence on what is wrong. */
export function casesOf(text: string): ReplayCase[] {
  const trimmed = text.trim();
  const cases = trimmed.startsWith('[') ? fromJson(trimmed) : fromLines(trimmed);
  if (cases.length > MOST_CASES) throw new Error(`At most ${MOST_CASES} cases; these are ${cases.length}.`);
  return cases;
}

function fromLines(text: string): ReplayCase[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.split('\t'))
    .filter(([question]) => question?.trim())
    .map(([question, sent = '']) => ({
      messages: [{ author: 'customer', text: (question ?? '').trim() }],
      sent: sent.trim(),
      guide: '',
    }));
}

function fromJson(text: string): ReplayCase[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Error('This is not JSON.');
  }
  return (read as Partial<ReplayCase>[]).map((each, n) => {
    if (!Array.isArray(each?.messages) || each.messages.length === 0)
      throw new Error(`Case ${n + 1} has no messages.`);
    return { messages: each.messages, sent: each.sent ?? '', guide: each.guide ?? '' };
  });
}
