import type { TFunction } from 'i18next';

/** The carrier's classes of numbers in words. */
export const classNames = (t: TFunction<'numbers'>) => ({
  ten_dlc: t('Local, registered (10DLC)'),
  long_code: t('Local, not registered'),
  toll_free: t('Toll-free'),
  short_code: t('Short code'),
});
