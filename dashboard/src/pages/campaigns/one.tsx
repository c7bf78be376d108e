import { Group, Stack, Tabs, Text } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '@/parts/notice';
import { Page } from '@/parts/page';
import { Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import { Actions } from './detail/actions';
import { Recipients } from './detail/recipients';
import { Report } from './detail/report';
import { TextTab } from './detail/text';
import { useReport } from './detail/use-report';
import { useCampaign, useLiveCampaigns } from './live';
import { Progress } from './progress';
import { StateBadge } from './state-badge';
import { amount, type Campaign, costRange, nextStepOfHold, reasonIn } from './states';
import classes from './wizard/wizard.module.css';

const Overview = lazy(() => import('./detail/overview'));
const TABS = ['overview', 'recipients', 'text', 'report'] as const;

export default function OneCampaign() {
  const { campaignId } = useParams({ strict: false }) as { campaignId: string };
  const found = useCampaign(campaignId);
  useLiveCampaigns();
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return <Shown key={campaignId} campaign={found.data} />;
}

function Shown({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const navigate = useNavigate();
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const shown = TABS.find((one) => one === tab) ?? 'overview';
  const goTo = (wanted: string | null) =>
    void navigate({
      to: '/campaigns/$campaignId',
      params: { campaignId: campaign.id },
      search: { tab: wanted === 'overview' ? undefined : (wanted ?? undefined) },
    });
  return (
    <Page
      wide
      title={campaign.name}
      about={
        <Group gap="xs">
          <StateBadge state={campaign.state} />
          <Since campaign={campaign} />
        </Group>
      }
      actions={<Actions campaign={campaign} />}
    >
      <Stack gap="md">
        <Holds campaign={campaign} />
        {campaign.counts.total > 0 && (
          <div className={classes.card}>
            <Progress campaign={campaign} />
            <Money campaign={campaign} />
          </div>
        )}
        <Tabs value={shown} onChange={goTo} keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="overview">{t('Overview')}</Tabs.Tab>
            <Tabs.Tab value="recipients">{t('Recipients')}</Tabs.Tab>
            <Tabs.Tab value="text">{t('Text')}</Tabs.Tab>
            <Tabs.Tab value="report">{t('Report')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="overview">
            <Suspense fallback={<Loading />}>
              <Overview campaign={campaign} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="recipients">
            <Recipients campaign={campaign} />
          </Tabs.Panel>
          <Tabs.Panel value="text">
            <TextTab campaign={campaign} />
          </Tabs.Panel>
          <Tabs.Panel value="report">
            <Report campaign={campaign} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Page>
  );
}

/** When it began or will, in the words of its state. */
function Since({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const words = () => {
    if (campaign.finished_at) return t('ended {{when}}', { when: format.dateTime(campaign.finished_at) });
    if (campaign.started_at) return t('started {{when}}', { when: format.dateTime(campaign.started_at) });
    if (campaign.local_time)
      return t('starts {{when}} on each recipient’s own clock', {
        when: campaign.local_time.replace('T', ' '),
      });
    if (campaign.starts_at) return t('starts {{when}}', { when: format.dateTime(campaign.starts_at) });
    return t('not started');
  };
  return (
    <Text size="sm" c="dimmed">
      {words()}
      {campaign.workflow_id && (
        <>
          {' · '}
          <Link
            className={classes.onward}
            to="/workflows/$workflowId"
            params={{ workflowId: campaign.workflow_id }}
          >
            {t('goes on with a workflow')}
          </Link>
        </>
      )}
    </Text>
  );
}

/** What holds it for now, since when, and what ends that. */
function Holds({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  return (
    <>
      {campaign.holds.map((hold) => (
        <Notice key={hold.reason} kind="attention" role="status" title={reasonIn(t, hold.reason)}>
          {t('Held since {{when}}.', { when: format.dateTime(hold.since) })} {nextStepOfHold(t, hold.reason)}
        </Notice>
      ))}
      {campaign.unresolved > 0 && (
        <Notice
          kind="attention"
          title={t('{{count, number}} outcomes are unknown', { count: campaign.unresolved })}
        >
          {t(
            'The carrier has not said whether these texts left. Decide in the recipients’ messages: sent, or once more.',
          )}
        </Notice>
      )}
    </>
  );
}

function Money({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const report = useReport(campaign);
  const cost = report.data?.outcome.cost;
  const priced = report.data?.outcome.at_forecast_prices;
  const expected = campaign.forecast ? costRange(format, campaign.forecast.cost) : null;
  if (!campaign.started_at) return null;
  return (
    <dl className={classes.figures} data-gap>
      {expected && (
        <div>
          <dt>{t('at the forecast’s prices so far, of {{expected}}', { expected })}</dt>
          <dd>{priced ? costRange(format, priced) : '–'}</dd>
        </div>
      )}
      <div>
        <dt>{t('charged by the carrier so far')}</dt>
        <dd>{cost ? amount(format, cost.nano, cost.currency) : '–'}</dd>
      </div>
      <div>
        <dt>{t('replied')}</dt>
        <dd>{format.number(campaign.replied)}</dd>
      </div>
      <div>
        <dt>{t('opted out')}</dt>
        <dd>{format.number(campaign.opted_out)}</dd>
      </div>
    </dl>
  );
}
