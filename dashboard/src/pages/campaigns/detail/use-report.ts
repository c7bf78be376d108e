import { $api, type Schemas } from '@/api/client';
import { useAgainWhenMoved } from '@/live/again';
import type { Campaign } from '../states';

export interface Outcome {
  recipients: number;
  sent: number;
  skipped: Record<string, number>;
  failed: Record<string, number>;
  parts: number;
  /** What the carrier charged so far. */
  cost: { nano: number; currency: string } | null;
  /** What the parts that left cost by the forecast's prices. */
  at_forecast_prices: { low: number; high: number; currency: string } | null;
  finished_at: string | null;
  replied: number;
  opted_out: number;
}
type Figure = { forecast: unknown; outcome: unknown; difference: number } | null;
export type Report = Omit<Schemas['ReportOut'], 'outcome' | 'differences'> & {
  outcome: Outcome;
  differences: Record<string, Figure> | null;
};

const AGAIN_MS = 3000;

/** The report, read again while the campaign moves, but not at every single frame. */
export function useReport(campaign: Campaign) {
  const found = $api.useQuery(
    'get',
    '/api/campaigns/{campaign_id}/report',
    { params: { path: { campaign_id: campaign.id } } },
    { enabled: campaign.started_at !== null, staleTime: AGAIN_MS },
  );
  useAgainWhenMoved(campaign.revision, found.refetch, AGAIN_MS);
  return { ...found, data: found.data as Report | undefined };
}
