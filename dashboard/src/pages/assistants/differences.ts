/** In what two versions of an assistant differ, and how two answers differ, in words. */
import { diffLines, diffWordsWithSpace } from 'diff';
import type { Schemas } from '@/api/client';

export type Content = Schemas['AssistantPatch'];
export interface Piece {
  text: string;
  kind: 'same' | 'added' | 'removed';
}

/** What stands in a version; everything else is about the version. */
export const FIELDS = [
  'name',
  'prompt',
  'knowledge',
  'model',
  'temperature',
  'max_output_tokens',
  'grounding_set',
  'tools',
  'pictures',
  'business_hours',
  'outside_hours',
] as const;
export type Field = (typeof FIELDS)[number];
export type Version = Pick<Schemas['AssistantOut'], Field>;

export interface Difference {
  field: Field;
  pieces: Piece[];
}

// Long texts are compared by lines: by words it would take too long and say too little.
const LONGEST_BY_WORDS = 4000;

/** A value as people read it: a line for each part, no brackets. */
function written(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (Array.isArray(value)) return value.map(written).join(typeof value[0] === 'object' ? '\n' : ' ') || '–';
  if (typeof value !== 'object') return String(value);
  if ('opens' in value && 'closes' in value && 'days' in value)
    return `${written(value.days)} ${value.opens}–${value.closes}`;
  const lines = Object.entries(value).map(([name, each]) => {
    const text = written(each);
    return text.includes('\n') ? `${name}:\n${text}` : `${name}: ${text}`;
  });
  return lines.join('\n');
}

/** The words that are gone and those that came. */
export function wordsBetween(before: string, after: string): Piece[] {
  const isLong = before.length + after.length > LONGEST_BY_WORDS;
  const changes = isLong ? diffLines(before, after) : diffWordsWithSpace(before, after);
  return changes.map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }));
}

export function differencesOf(before: Version, after: Version): Difference[] {
  return FIELDS.filter((field) => written(before[field]) !== written(after[field])).map((field) => ({
    field,
    pieces: wordsBetween(written(before[field]), written(after[field])),
  }));
}
