/** Days as people say them: today and yesterday by name, in the tenant's zone. */
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/session/me';

/** The day of a moment: "Today", "Yesterday", then its date. */
export type DayNames = (moment: string) => string;

const DAY = 24 * 60 * 60_000;
const MINUTE = 60_000;

/** `now` decides which days are today and yesterday. */
export function dayNames(language: string, timezone: string, now: number): DayNames {
  const date = new Intl.DateTimeFormat(language, {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const numberOf = dayNumbers(timezone);
  const today = numberOf(now);
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
  return (moment) => {
    const at = new Date(moment);
    const passed = today - numberOf(at.getTime());
    return capital(passed === 0 || passed === 1 ? relative.format(-passed, 'day') : date.format(at));
  };
}

/** Days since 1970 on the calendar of this zone. */
function dayNumbers(timezone: string): (moment: number) => number {
  // Swedes write a day as 2026-11-29.
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  return (moment) => Date.parse(`${day.format(moment)}T00:00:00Z`) / DAY;
}

/** Changes at midnight. */
export function useDayNames(): DayNames {
  const { i18n } = useTranslation();
  const { tenant_timezone: timezone } = useMe();
  const numberOf = useMemo(() => dayNumbers(timezone), [timezone]);
  const today = useNow(numberOf);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew when another day begins
  return useMemo(() => dayNames(i18n.language, timezone, Date.now()), [i18n.language, timezone, today]);
}

/** Something computed from the time, looked at every minute. */
export function useNow<T>(of: (now: number) => T): T {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), MINUTE);
    return () => window.clearInterval(timer);
  }, []);
  return of(now);
}
