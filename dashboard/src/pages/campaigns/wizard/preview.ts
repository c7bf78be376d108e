import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Campaign } from '../states';

const SHOWN = 3;
const PAUSE_MS = 350;

/** What real recipients would read of a text that is being written. */
export function usePreview(campaign: Campaign, text: string) {
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const asked = settled.trim();
  const found = $api.useQuery(
    'post',
    '/api/campaigns/{campaign_id}/preview',
    { params: { path: { campaign_id: campaign.id } }, body: { limit: SHOWN, text: settled } },
    { enabled: asked !== '', placeholderData: keepPreviousData, retry: false },
  );
  return {
    found: asked === '' ? undefined : found.data,
    problem: asked !== '' && found.error ? asProblem(found.error).detail : '',
    isOld: found.isPlaceholderData || settled !== text,
  };
}
