/** Names for the ids of users, and for what is no user. */
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';

/** Who did something, as people call them. */
export function useNames(): (by: string) => string {
  const { t } = useTranslation();
  const colleagues = $api.useQuery('get', '/api/accounts/colleagues');
  const names = new Map(colleagues.data?.items.map(({ id, name }) => [id, name]));
  return (by) => {
    if (names.has(by)) return names.get(by) ?? by;
    if (by.startsWith('key_')) return t('an API key');
    if (by.startsWith('usr_')) return t('a former colleague');
    return by === 'parley' ? 'Parley' : by;
  };
}
