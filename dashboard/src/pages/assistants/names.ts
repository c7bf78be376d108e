/** Names for the ids of users, and for what is no user. */
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';

/** Who did something, as people call them. */
export function useNames(): (by: string) => string {
  const { t } = useTranslation('assistants');
  const colleagues = $api.useQuery('get', '/api/accounts/colleagues');
  const names = new Map(colleagues.data?.items.map(({ id, name }) => [id, name]));
  return (by) => {
    if (names.has(by)) return names.get(by) ?? by;
    if (by.startsWith('key_')) return t('an API key');
    if (by.startsWith('usr_')) return t('a former colleague');
    return by === 'parley' ? 'Parley' : by;
  };
}

/** The assistants, for menus: the first hundred. */
export function useAssistantNames() {
  const list = $api.useQuery('get', '/api/assistants', { params: { query: { limit: 100 } } });
  const items = list.data?.items ?? [];
  const names = new Map(items.map(({ id, name }) => [id, name]));
  const standard = items.find((one) => one.is_default);
  return { items, standard, nameOf: (id: string) => names.get(id) ?? id };
}
