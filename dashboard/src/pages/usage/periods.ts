/** Days of the tenant's calendar, as `YYYY-MM-DD`; both ends are included. */
export interface Period {
  from: string;
  to: string;
}

export type Preset = 'month' | 'last_month' | 'week' | 'thirty' | 'quarter';
export const PRESETS: Preset[] = ['month', 'last_month', 'week', 'thirty', 'quarter'];

const DAY_MS = 86_400_000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const timeOf = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** Today in a time zone. */
export function todayIn(timezone: string, now: number = Date.now()): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
  return parts.format(now);
}

export const daysBefore = (day: string, days: number) => dayOf(timeOf(day) - days * DAY_MS);
const lastOfMonth = (day: string) => dayOf(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0));

export function periodOf(preset: Preset, today: string): Period {
  const first = `${today.slice(0, 8)}01`;
  switch (preset) {
    case 'last_month': {
      const to = daysBefore(first, 1);
      return { from: `${to.slice(0, 8)}01`, to };
    }
    case 'week':
      return { from: daysBefore(today, 6), to: today };
    case 'thirty':
      return { from: daysBefore(today, 29), to: today };
    case 'quarter':
      return { from: daysBefore(today, 89), to: today };
    default:
      return { from: first, to: today };
  }
}

/** Every day of a period, at most a year of them. */
export function daysOf({ from, to }: Period): string[] {
  const count = Math.min(366, Math.round((timeOf(to) - timeOf(from)) / DAY_MS) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, n) => dayOf(timeOf(from) + n * DAY_MS));
}

/** The part of a month that lies within the period. */
export function monthWithin(month: string, period: Period): Period {
  const from = `${month}-01`;
  const to = lastOfMonth(from);
  // Days compare as texts.
  const days = [from, to, period.from, period.to].sort();
  return { from: days[1] ?? from, to: days[2] ?? to };
}
