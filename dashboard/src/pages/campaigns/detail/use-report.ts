import { useEffect, useRef } from 'react';
import { $api, type Schemas } from '@/api/client';
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
  const { refetch } = found;
  const seen = useRef(campaign.revision);
  const timer = useRef(0);
  useEffect(() => {
    if (seen.current === campaign.revision || timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      seen.current = campaign.revision;
      void refetch();
    }, AGAIN_MS);
  }, [campaign.revision, refetch]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return { ...found, data: found.data as Report | undefined };
}
