import type { TFunction } from 'i18next';

/** The carrier's classes of numbers in words. */
export const classNames = (t: TFunction<'numbers'>) => ({
  ten_dlc: t('Local, registered (10DLC)'),
  long_code: t('Local, not registered'),
  toll_free: t('Toll-free'),
  short_code: t('Short code'),
});

/** "+1 (773) 555-0100"; numbers of other countries as they are. */
export function pretty(number: string): string {
  const found = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return found ? `+1 (${found[1]}) ${found[2]}-${found[3]}` : number;
}
