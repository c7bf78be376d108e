import { Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Notice } from '@/parts/notice';
import { Failure } from '@/parts/states';
import { useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import { keepCampaign } from '../live';
import { type Campaign, costRange, reasonIn } from '../states';
import { Finish } from './figures';
import { useForecast } from './forecast';
import { wallIn } from './moments';
import { type Go, type Place, startOf } from './place';
import { usePreview } from './preview';
import { Readers } from './readers';
import classes from './wizard.module.css';

/** Everything that a start would do, in sentences. Only here something can be started. */
export function Check({ campaign, place, go }: { campaign: Campaign; place: Place; go: Go }) {
  const { t } = useTranslation('campaigns');
  const forecast = useForecast(campaign, place);
  const preview = usePreview(campaign, campaign.text ?? '');
  return (
    <>
      <div className={classes.two}>
        <Stack gap="md" className={classes.card}>
          <Facts campaign={campaign} place={place} forecast={forecast} />
          {forecast.error && <Failure error={forecast.error} retry={() => void forecast.refetch()} />}
        </Stack>
        {campaign.text && <Readers text={campaign.text} preview={preview} />}
      </div>
      <Text size="xs" c="dimmed" mt="xs">
        {t('After the start you can pause at any moment. What has left cannot be called back.')}
      </Text>
      <StartBar campaign={campaign} place={place} go={go} kept={forecast.data?.kept} />
    </>
  );
}

interface FactsProps {
  campaign: Campaign;
  place: Place;
  forecast: ReturnType<typeof useForecast>;
}

function Facts({ campaign, place, forecast }: FactsProps) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const workflow = $api.useQuery(
    'get',
    '/api/workflows/{workflow_id}',
    { params: { path: { workflow_id: campaign.workflow_id ?? '' } } },
    { enabled: Boolean(campaign.workflow_id) },
  );
  const found = forecast.data;
  const hours = campaign.send_window;
  return (
    <dl className={classes.facts}>
      <dt>{t('Campaign')}</dt>
      <dd>{campaign.name}</dd>
      <dt>{t('Recipients')}</dt>
      <dd>
        <strong>
          {found
            ? t('{{count, number}} people are texted', { count: found.kept })
            : t('{{count, number}} recipients', { count: campaign.counts.total })}
        </strong>
        {found &&
          Object.entries(found.skipped).map(([code, n]) => (
            <div key={code}>
              {t('{{count, number}} skipped', { count: n })}: {reasonIn(t, code)}
            </div>
          ))}
      </dd>
      <dt>{t('From')}</dt>
      <dd>
        {campaign.from_numbers.length > 0 ? campaign.from_numbers.join(', ') : t('all your numbers, in turn')}
      </dd>
      <dt>{t('Start')}</dt>
      <dd>
        <StartWords place={place} />
      </dd>
      <dt>{t('Hours')}</dt>
      <dd>
        {hours
          ? t(
              '{{opens}}:00 to {{closes}}:00 on the recipient’s own clock, within the hours of the settings',
              hours,
            )
          : t('as in the settings, on the recipient’s own clock')}
      </dd>
      <dt>{t('Cost')}</dt>
      <dd>{found ? costRange(format, found.cost) : t('Being computed')}</dd>
      <dt>{t('Finished')}</dt>
      <dd>{found ? <Finish forecast={found} /> : t('Being computed')}</dd>
      <dt>{t('After it')}</dt>
      <dd>
        {campaign.workflow_id
          ? t('the workflow “{{name}}” goes on with each of them', { name: workflow.data?.name ?? '…' })
          : t('replies come to the inbox')}
      </dd>
    </dl>
  );
}

function StartWords({ place }: { place: Place }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { tenant_timezone: zone } = useMe();
  if (place.local) {
    const wall = place.local.replace('T', ' ');
    return <>{t('{{when}} on each recipient’s own clock', { when: wall })}</>;
  }
  if (place.at)
    return <span title={format.full(place.at)}>{`${wallIn(zone, place.at).slice(0, 16)} (${zone})`}</span>;
  return <>{t('now, as soon as you press Start')}</>;
}

function StartBar({
  campaign,
  place,
  go,
  kept,
}: {
  campaign: Campaign;
  place: Place;
  go: Go;
  kept: number | undefined;
}) {
  const { t } = useTranslation('campaigns');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const start = async () => {
    setBusy(true);
    setProblem('');
    try {
      const { data } = await api.POST('/api/campaigns/{campaign_id}/start', {
        params: { path: { campaign_id: campaign.id } },
        body: startOf(place) as never,
      });
      if (data) keepCampaign(queries, data);
      await navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } });
    } catch (error) {
      setProblem(asProblem(error).detail);
      setBusy(false);
    }
  };
  return (
    <div className={classes.foot}>
      {problem && (
        <Notice kind="danger" role="alert" mb="sm" title={t('It did not start')}>
          {problem}
        </Notice>
      )}
      <Group justify="space-between">
        <Button variant="default" onClick={() => go({ step: 'when' })}>
          {t('Back')}
        </Button>
        <Group gap="sm">
          {kept !== undefined && (
            <Text size="sm">{t('{{count, number}} people are texted', { count: kept })}</Text>
          )}
          <Button
            size="sm"
            loading={isBusy}
            disabled={kept === undefined || kept === 0}
            onClick={() => void start()}
          >
            {t('Start')}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
