import { Badge, Button, Group, SegmentedControl, Table, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Megaphone, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { useCommands } from '@/app/commands';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Page } from '@/parts/page';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import { type Format, useFormat } from '@/words/format';
import classes from './campaigns.module.css';
import { useLiveCampaigns } from './live';
import { Bar } from './progress';
import { StateBadge } from './state-badge';
import { CAMPAIGN_STATES, type Campaign, type CampaignState, campaignState, reasonIn } from './states';

export default function Campaigns() {
  const { t } = useTranslation('campaigns');
  const mayWork = useMay('agent');
  const navigate = useNavigate();
  const { state } = useSearch({ strict: false }) as { state?: CampaignState };
  useLiveCampaigns();
  useCommands(
    mayWork
      ? [
          {
            id: 'campaigns.new',
            label: t('New campaign'),
            keys: 'c',
            run: () => void navigate({ to: '/campaigns/new' }),
          },
        ]
      : [],
  );
  const found = $api.useInfiniteQuery(
    'get',
    '/api/campaigns',
    { params: { query: { limit: 50, ...(state && { state }) } } },
    byCursor,
  );
  const campaigns = itemsOf(found.data).filter((campaign) => !state || campaign.state === state);
  const names = campaignState(t);
  return (
    <Page
      wide
      title={t('Campaigns')}
      about={t('One text to many people, at the right hour, with every outcome on record.')}
      actions={mayWork && <NewCampaign />}
    >
      {(state || campaigns.length > 0) && (
        <SegmentedControl
          size="xs"
          mb="md"
          className={classes.filter}
          aria-label={t('Show campaigns')}
          value={state ?? ''}
          onChange={(wanted) => void navigate({ to: '/campaigns', search: { state: wanted || undefined } })}
          data={[
            { value: '', label: t('All') },
            ...CAMPAIGN_STATES.map((one) => ({ value: one, label: names[one] })),
          ]}
        />
      )}
      {found.error && !found.data && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isLoading && <Loading rows={5} height={52} />}
      {found.data && campaigns.length === 0 && (state ? <NoneSo /> : <First mayWork={mayWork} />)}
      {campaigns.length > 0 && <List campaigns={campaigns} />}
      <More of={found} />
    </Page>
  );
}

function NewCampaign() {
  const { t } = useTranslation('campaigns');
  const navigate = useNavigate();
  return (
    <Button leftSection={<Plus size={14} />} onClick={() => void navigate({ to: '/campaigns/new' })}>
      {t('New campaign')}
    </Button>
  );
}

function NoneSo() {
  const { t } = useTranslation('campaigns');
  return <Empty title={t('None in this state')}>{t('Choose another state above.')}</Empty>;
}

/** Says how a campaign begins and what will not happen by accident. */
function First({ mayWork }: { mayWork: boolean }) {
  const { t } = useTranslation('campaigns');
  return (
    <Empty
      icon={<Megaphone size={28} aria-hidden />}
      title={t('Write to a list of people')}
      action={mayWork && <NewCampaign />}
    >
      <ol className={classes.steps}>
        <li>{t('Drop a customer list as it is: CSV or Excel.')}</li>
        <li>{t('Write one text, with names and columns of your list in it.')}</li>
        <li>{t('See what it costs, who is left out and why, and when it ends.')}</li>
        <li>{t('Start now or later. Nothing is sent before you have seen exactly what will be.')}</li>
      </ol>
    </Empty>
  );
}

function List({ campaigns }: { campaigns: Campaign[] }) {
  const { t } = useTranslation('campaigns');
  return (
    <Table.ScrollContainer minWidth={340}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Campaign')}</Table.Th>
            <Table.Th>{t('State')}</Table.Th>
            <Table.Th>{t('Progress')}</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">
              {t('Replied')}
            </Table.Th>
            <Table.Th visibleFrom="sm">{t('When')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {campaigns.map((campaign) => (
            <Row key={campaign.id} campaign={campaign} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { counts } = campaign;
  return (
    <Table.Tr>
      <Table.Td className={classes.what}>
        <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className={classes.name}>
          {campaign.name}
        </Link>
        <Text size="xs" c="dimmed" truncate>
          {campaign.text ?? t('The workflow does all sending')}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={4}>
          <StateBadge state={campaign.state} />
          {campaign.holds.map((hold) => (
            <Badge key={hold.reason} variant="light" color="yellow" className={classes.hold}>
              {reasonIn(t, hold.reason)}
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td className={classes.bar}>
        {counts.total > 0 && <Bar counts={counts} small />}
        <Text size="xs" c="dimmed" mt={4}>
          {campaign.state === 'draft' || campaign.state === 'scheduled'
            ? t('{{count, number}} recipients', { count: counts.total })
            : t('{{delivered}} of {{total}} delivered', {
                delivered: format.number(counts.delivered),
                total: format.number(counts.total),
              })}
        </Text>
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {campaign.started_at ? format.number(campaign.replied) : '–'}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Moment campaign={campaign} format={format} />
      </Table.Td>
    </Table.Tr>
  );
}

function Moment({ campaign, format }: { campaign: Campaign; format: Format }) {
  const { t } = useTranslation('campaigns');
  const moment = campaign.finished_at ?? campaign.started_at ?? campaign.starts_at ?? campaign.created_at;
  const words = campaign.finished_at
    ? t('ended {{when}}', { when: format.ago(moment) })
    : campaign.started_at
      ? t('started {{when}}', { when: format.ago(moment) })
      : campaign.starts_at
        ? t('starts {{when}}', { when: format.dateTime(moment) })
        : t('made {{when}}', { when: format.ago(moment) });
  return (
    <Text size="sm" component="time" dateTime={moment} title={format.full(moment)}>
      {words}
    </Text>
  );
}
