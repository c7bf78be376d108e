import { useTranslation } from 'react-i18next';
import type { Kind } from './statement';

/** What is counted, in words. */
export function useKinds(): (kind: string) => string {
  const { t } = useTranslation('usage');
  const names: Record<Kind, string> = {
    sms_parts_out: t('Parts of texts sent'),
    sms_parts_in: t('Parts of texts received'),
    carrier_fee: t('Fees of carriers'),
    tokens_prompt: t('Tokens the assistant read'),
    tokens_completion: t('Tokens the assistant wrote'),
    tokens_cached: t('Tokens read from a cache'),
  };
  return (kind) => names[kind as Kind] ?? kind;
}
