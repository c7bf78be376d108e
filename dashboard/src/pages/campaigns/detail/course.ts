/** How a campaign went over time, out of the times of its recipients or of what the stream said. */
import type { Campaign, Recipient } from '../states';

export interface Moment {
  at: number;
  sent: number;
  delivered: number;
  replied: number;
}

const POINTS = 60;

/** Sums over time, at most sixty points, from the first text to the last event. */
export function courseOf(recipients: Pick<Recipient, 'sent_at' | 'delivered_at' | 'replied_at'>[]): Moment[] {
  const sent = timesOf(recipients, 'sent_at');
  const delivered = timesOf(recipients, 'delivered_at');
  const replied = timesOf(recipients, 'replied_at');
  const first = sent[0];
  if (first === undefined) return [];
  const last = Math.max(sent.at(-1) ?? first, delivered.at(-1) ?? first, replied.at(-1) ?? first);
  const width = Math.max(1000, (last - first) / POINTS);
  const points = Math.ceil((last - first) / width) + 1;
  return Array.from({ length: points }, (_, n) => {
    const at = n === points - 1 ? last : first + n * width;
    return { at, sent: upTo(sent, at), delivered: upTo(delivered, at), replied: upTo(replied, at) };
  });
}

const timesOf = <K extends string>(rows: Partial<Record<K, string | null>>[], key: K): number[] =>
  rows
    .map((row) => row[key])
    .filter((moment): moment is string => Boolean(moment))
    .map((moment) => new Date(moment).getTime())
    .sort((a, b) => a - b);

/** How many of these sorted times are not after `at`. */
function upTo(times: number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A point of what a frame says; the newest 600 are kept. */
export function withFrame(known: Moment[], campaign: Campaign, at: number): Moment[] {
  const { counts } = campaign;
  const point = {
    at,
    sent: counts.sent + counts.delivered + counts.failed,
    delivered: counts.delivered,
    replied: campaign.replied,
  };
  const last = known.at(-1);
  if (
    last &&
    last.sent === point.sent &&
    last.delivered === point.delivered &&
    last.replied === point.replied
  )
    return known;
  return [...known, point].slice(-600);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 8, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 30].map((n) => n * DAY),
];
const MOST_TICKS = 7;

/** What is written at a time: of a stretch that spans days, the day as well, so that no label comes twice. */
export type Unit = 'second' | 'minute' | 'moment' | 'day';

/** Times to write below the chart, on the full hours and days of this clock. */
export function axisOf(first: number, last: number, timezone: string): { ticks: number[]; unit: Unit } {
  const step =
    STEPS.find((each) => (last - first) / each < MOST_TICKS - 1) ??
    Math.ceil((last - first) / (MOST_TICKS - 1) / DAY) * DAY;
  const clock = clockOf(timezone);
  const begin = Math.ceil(clock.shown(first) / step) * step;
  const ticks = new Set<number>();
  for (let shown = begin; ticks.size < MOST_TICKS; shown += step) {
    const at = clock.moment(shown);
    if (at > last) break;
    if (at >= first) ticks.add(at);
  }
  const inDays = last - first < DAY ? 'minute' : 'moment';
  return { ticks: [...ticks], unit: step < MINUTE ? 'second' : step < DAY ? inDays : 'day' };
}

/** What a clock of this zone shows, as the moment at which one in UTC shows the same, and back. */
function clockOf(timezone: string) {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  // Swedes write 2026-11-29 14:05:00. Formats leave out parts of a second.
  const shown = (at: number) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`) + (at % SECOND);
  const moment = (shownAt: number) => {
    // The second look is for the days on which the clocks change between the two.
    const about = shownAt - (shown(shownAt) - shownAt);
    return about - (shown(about) - shownAt);
  };
  return { shown, moment };
}
