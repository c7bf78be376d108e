import { Group, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Failure } from '@/parts/states';
import type { Campaign } from '../states';
import { ForecastFigures } from './figures';
import { Foot } from './foot';
import { type Go, type Place, startOf } from './place';
import classes from './wizard.module.css';

const FRESH_MS = 20_000;

/** A forecast of the draft as it is. Made anew when the draft or the time of its start has changed. */
export function useForecast(campaign: Campaign, place: Place = {}) {
  return $api.useQuery(
    'post',
    '/api/campaigns/{campaign_id}/forecast',
    { params: { path: { campaign_id: campaign.id } }, body: startOf(place) as never },
    { staleTime: FRESH_MS, gcTime: FRESH_MS, retry: false, refetchOnMount: 'always' },
  );
}

export function ForecastStep({ campaign, go }: { campaign: Campaign; go: Go }) {
  const { t } = useTranslation('campaigns');
  const found = useForecast(campaign);
  const nobody = found.data?.kept === 0 ? t('Nobody would be texted.') : '';
  return (
    <>
      <section className={classes.card} aria-label={t('Forecast')} aria-busy={found.isFetching}>
        <Stack gap="md">
          {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
          {found.data && !found.error && <ForecastFigures forecast={found.data} />}
          {found.isFetching && (
            <Group gap="sm" role="status">
              <Loader size="xs" />
              <Text size="sm" c="dimmed">
                {t('Each recipient is looked at by the rules of sending. A million take about a minute.')}
              </Text>
            </Group>
          )}
          <Text size="xs" c="dimmed">
            {t('If it started now. Nothing is sent by a forecast.')}
          </Text>
        </Stack>
      </section>
      <Foot
        back={() => go({ step: 'what' })}
        missing={
          found.data ? nobody : found.error ? t('Without a forecast it does not go on.') : t('Being computed')
        }
        next={() => go({ step: 'when' })}
      />
    </>
  );
}
