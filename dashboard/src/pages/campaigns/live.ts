/** Campaigns as the page has read them, kept true by the frames of the stream. */
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { $api, type Schemas } from '@/api/client';
import { useFrames } from '@/live/context';
import { newer } from '@/live/merge';
import type { Campaign } from './states';

type Page = Schemas['Listing_CampaignOut_'];
const LIST = ['get', '/api/campaigns'];
const ONE = '/api/campaigns/{campaign_id}';

/** Call it once on every page that shows campaigns. */
export function useLiveCampaigns(): void {
  const queries = useQueryClient();
  useFrames('campaign.updated', ({ campaign }) => {
    let isListed = false;
    queries.setQueriesData<InfiniteData<Page>>({ queryKey: LIST }, (known) => {
      const listed = known && inPages(known, campaign);
      isListed ||= listed !== known;
      return listed;
    });
    if (!isListed) void queries.invalidateQueries({ queryKey: LIST });
    keepCampaign(queries, campaign);
  });
}

function inPages(known: InfiniteData<Page>, incoming: Campaign): InfiniteData<Page> {
  // Menus read one page only, under the same name.
  if (!known.pages) return known;
  let found = false;
  const pages = known.pages.map((page) => {
    if (!page.items.some((one) => one.id === incoming.id)) return page;
    found = true;
    return {
      ...page,
      items: page.items.map((one) => (one.id === incoming.id ? newer(one, incoming) : one)),
    };
  });
  return found ? { ...known, pages } : known;
}

const queryOf = (id: string) => ['get', ONE, { params: { path: { campaign_id: id } } }];

/** Puts an answer of the API where the pages look for it. */
export function keepCampaign(queries: ReturnType<typeof useQueryClient>, campaign: Campaign): void {
  queries.setQueryData<Campaign>(queryOf(campaign.id), (known) =>
    known ? newer(known, campaign) : campaign,
  );
}

export function useCampaign(id: string) {
  return $api.useQuery(
    'get',
    ONE,
    { params: { path: { campaign_id: id } } },
    { enabled: Boolean(id), structuralSharing: (known, found) => newestOf(known, found) },
  );
}

/** A frame may be newer than the snapshot that was asked for before it came. */
function newestOf(known: unknown, found: unknown): unknown {
  return newer(known as Campaign | undefined, found as Campaign);
}
