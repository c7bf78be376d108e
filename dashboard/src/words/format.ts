/** Times in the tenant's zone, numbers and money as people of the chosen language write them. */
import { useTranslation } from 'react-i18next';
import { useMe } from '@/session/me';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Format {
  /** "2 min", "3 h", then the date: for rows. */
  ago(moment: string): string;
  /** "Tue, 24 Nov 2026, 14:10 GMT-6": for titles and screen readers. */
  full(moment: string): string;
  time(moment: string): string;
  date(moment: string): string;
  dateTime(moment: string): string;
  number(value: number): string;
  percent(share: number): string;
  /** An amount as the API gives it: a decimal text with its currency. */
  money(amount: string | number, currency: string): string;
  timezone: string;
}

export function formatFor(language: string, timezone: string): Format {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(language, { timeZone: timezone, ...options });
    return (moment: string) => made.format(new Date(moment));
  };
  const time = format({ hour: 'numeric', minute: '2-digit' });
  const date = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const dateTime = format({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
  const full = format({ dateStyle: 'full', timeStyle: 'long' });
  const relative = new Intl.RelativeTimeFormat(language, { style: 'narrow', numeric: 'auto' });
  const numbers = new Intl.NumberFormat(language);
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  return {
    ago(moment) {
      const passed = Date.now() - new Date(moment).getTime();
      if (passed < MINUTE) return relative.format(0, 'second');
      if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), 'minute');
      if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), 'hour');
      return date(moment);
    },
    full,
    time,
    date,
    dateTime,
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(share),
    money: (amount, currency) =>
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        maximumFractionDigits: Math.abs(Number(amount)) < 1 ? 4 : 2,
      }).format(Number(amount)),
    timezone,
  };
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const { tenant_timezone } = useMe();
  return sharedFormat(i18n.language, tenant_timezone);
}

const made = new Map<string, Format>();

/** Browsers take long to make formats: each text of a thread with its own would halt the scrolling. */
function sharedFormat(language: string, timezone: string): Format {
  const key = `${language} ${timezone}`;
  const format = made.get(key) ?? formatFor(language, timezone);
  made.set(key, format);
  return format;
}
