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

/** The versions with the draft before them, each once: while a publication is read anew, the draft may already be among the
 * published ones. */
export function withDraft<T extends { version: number }>(draft: T | undefined, published: T[]): T[] {
  return !draft || published.some(({ version }) => version === draft.version)
    ? published
    : [draft, ...published];
}
