/** What stands in a statement, made ready to be drawn and opened. */
import type { Schemas } from '@/api/client';
import { daysOf, monthWithin, type Period } from './periods';

export type Line = Schemas['StatementLineOut'];
export type Statement = Schemas['StatementOut'];
export type GroupBy = Statement['group_by'];
export const KINDS = [
  'sms_parts_out',
  'sms_parts_in',
  'carrier_fee',
  'tokens_prompt',
  'tokens_completion',
  'tokens_cached',
] as const;
export type Kind = (typeof KINDS)[number];

/** Which entries a line of the statement is the sum of; null where the API cannot name them. */
export interface EntryFilter extends Period {
  kind?: Kind;
  number?: string;
  campaign_id?: string;
  assistant_id?: string;
  model?: string;
}

/** What a line is grouped by: a day, a number, an id; "" where there is none. */
export function groupOf(line: Line, groupBy: GroupBy): string {
  return groupBy === 'kind' ? line.kind : (line[groupBy] ?? '');
}

export function entriesOf(line: Line, groupBy: GroupBy, period: Period): EntryFilter | null {
  const filter: EntryFilter = { ...period, kind: line.kind as Kind };
  const group = groupOf(line, groupBy);
  if (groupBy === 'kind') return filter;
  if (!group) return null;
  if (groupBy === 'day') return { ...filter, from: group, to: group };
  if (groupBy === 'month') return { ...filter, ...monthWithin(group, period) };
  if (groupBy === 'campaign') return { ...filter, campaign_id: group };
  if (groupBy === 'assistant') return { ...filter, assistant_id: group };
  return { ...filter, [groupBy]: group };
}

export type Bar = { day: string } & Partial<Record<Kind, number>>;

/** One bar a day, days without usage too, in one currency. Amounts are in its unit. */
export function barsOf(lines: Line[], period: Period, currency: string): Bar[] {
  const bars = new Map<string, Bar>(daysOf(period).map((day) => [day, { day }]));
  for (const line of lines) {
    const bar = bars.get(line.day ?? '');
    if (!bar || line.currency !== currency) continue;
    const kind = line.kind as Kind;
    bar[kind] = (bar[kind] ?? 0) + line.amount_nano / 1e9;
  }
  return [...bars.values()];
}

/** The kinds that cost anything, in a fixed order, so that a colour always means the same. */
export function kindsIn(lines: Line[]): Kind[] {
  const found = new Set(lines.filter((line) => line.amount_nano !== 0).map(({ kind }) => kind));
  return KINDS.filter((kind) => found.has(kind));
}
