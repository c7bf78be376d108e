import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatFor } from '@/words/format';

/** The operator belongs to no tenant: times are those of the browser's zone. */
export function useOperatorFormat() {
  const { i18n } = useTranslation();
  return useMemo(
    () => formatFor(i18n.language, Intl.DateTimeFormat().resolvedOptions().timeZone),
    [i18n.language],
  );
}
