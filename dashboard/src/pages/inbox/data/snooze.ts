import type { TFunction } from 'i18next';

export interface SnoozeChoice {
  name: string;
  until: () => string;
}

const MORNING = 8;

/** Moments that people mean; a day begins at eight on the clock of this browser. */
export function snoozeChoices(t: TFunction): SnoozeChoice[] {
  return [
    { name: t('In an hour'), until: () => inHours(1) },
    { name: t('In three hours'), until: () => inHours(3) },
    { name: t('Tomorrow morning'), until: () => morning(1) },
    { name: t('Next Monday'), until: () => morning(daysToMonday(new Date())) },
  ];
}

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

export const daysToMonday = (today: Date) => (8 - today.getDay()) % 7 || 7;

function morning(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  day.setHours(MORNING, 0, 0, 0);
  return day.toISOString();
}
