import { $api } from '@/api/client';
import type { Assistant } from './one';

/** The draft as a version, while there is one: the list of versions has the published ones alone. */
export function useDraftVersion({ id, draft_version }: Assistant, enabled = true) {
  const read = $api.useQuery(
    'get',
    '/api/assistants/{assistant_id}/versions/{version}',
    { params: { path: { assistant_id: id, version: draft_version ?? 0 } } },
    { enabled: enabled && draft_version !== null, staleTime: 0 },
  );
  return draft_version === null ? undefined : read.data;
}
