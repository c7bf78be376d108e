/** Names for the ids of assistants. */
import { $api } from '@/api/client';

/** The assistants, for menus: the first hundred. */
export function useAssistantNames() {
  const list = $api.useQuery('get', '/api/assistants', { params: { query: { limit: 100 } } });
  const items = list.data?.items ?? [];
  const names = new Map(items.map(({ id, name }) => [id, name]));
  const standard = items.find((one) => one.is_default);
  return { items, standard, nameOf: (id: string) => names.get(id) ?? id };
}
