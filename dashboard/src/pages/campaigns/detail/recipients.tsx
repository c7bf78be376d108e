import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Download, Search, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { useAgainWhenMoved } from '@/live/again';
import { byCursorUnlessText, More } from '@/parts/more';
import { Phone } from '@/parts/phone';
import { StackingTable } from '@/parts/stacking-table';
import { Empty, Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import { phone } from '@/words/phone';
import {
  amount,
  type Campaign,
  RECIPIENT_STATES,
  type Recipient,
  type RecipientState,
  reasonIn,
  recipientState,
  rowsOf,
} from '../states';
import { useReport } from './use-report';

const LIST = '/api/campaigns/{campaign_id}/recipients';
const PAUSE_MS = 300;

/** Everybody of the campaign, with the state, the reason and the text each got. */
export function Recipients({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const [state, setState] = useState<RecipientState | ''>('');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), PAUSE_MS);
  const query = { ...(state && { state }), ...(reason && { reason }), ...(q && { q }) };
  const found = $api.useInfiniteQuery(
    'get',
    LIST,
    { params: { path: { campaign_id: campaign.id }, query: { limit: 50, ...query } } },
    byCursorUnlessText,
  );
  useAgainWhenMoved(campaign.revision, found.refetch);
  const rows = found.data?.pages.flatMap(rowsOf) ?? [];
  const names = recipientState(t);
  const csv = `/api/campaigns/${campaign.id}/recipients?${new URLSearchParams({ ...query, format: 'csv' })}`;
  return (
    <>
      <Group gap="sm" mb="sm" align="flex-end">
        <TextInput
          size="xs"
          label={t('Search')}
          placeholder={t('Number, name or company')}
          leftSection={<Search size={14} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t('State')}
          value={state}
          onChange={(event) => {
            setState(event.currentTarget.value as RecipientState | '');
            setReason('');
          }}
          data={[
            { value: '', label: t('All') },
            ...RECIPIENT_STATES.map((one) => ({
              value: one,
              label: `${names[one]} (${campaign.counts[one]})`,
            })),
          ]}
        />
        <ReasonMenu campaign={campaign} state={state} reason={reason} setReason={setReason} />
        <Button
          component="a"
          href={csv}
          download
          variant="default"
          ml="auto"
          leftSection={<Download size={14} />}
        >
          {t('Export as CSV')}
        </Button>
      </Group>
      {found.error && !found.data && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isLoading && <Loading />}
      {found.data && rows.length === 0 && !found.hasNextPage && (
        <Empty title={t('Nobody here')}>
          {q || state
            ? t('No recipient fits the search and the filters.')
            : t('This campaign has no recipients yet.')}
        </Empty>
      )}
      {(rows.length > 0 || found.hasNextPage) && <List rows={rows} campaign={campaign} />}
      <More of={found} />
    </>
  );
}

interface ReasonProps {
  campaign: Campaign;
  state: RecipientState | '';
  reason: string;
  setReason: (reason: string) => void;
}

function ReasonMenu({ campaign, state, reason, setReason }: ReasonProps) {
  const { t } = useTranslation('campaigns');
  const report = useReport(campaign);
  const outcome = report.data?.outcome;
  const known = {
    ...(state === 'skipped' || state === '' ? outcome?.skipped : {}),
    ...(state === 'failed' || state === '' ? outcome?.failed : {}),
  };
  const codes = Object.entries(known);
  if (codes.length === 0) return null;
  return (
    <NativeSelect
      size="xs"
      label={t('Reason')}
      value={reason}
      onChange={(event) => setReason(event.currentTarget.value)}
      data={[
        { value: '', label: t('All') },
        ...codes.map(([code, n]) => ({ value: code, label: `${reasonIn(t, code)} (${n})` })),
      ]}
    />
  );
}

function List({ rows, campaign }: { rows: Recipient[]; campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const mayWork = useMay('agent');
  const takeOut = {
    name: t('Take out'),
    isUnnamed: true,
    of: (row: Recipient) => <Remove row={row} campaign={campaign} />,
  };
  return (
    <StackingTable
      label={t('Recipients')}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { name: t('Recipient'), maxWidth: 240, of: (row) => <Who row={row} /> },
        { name: t('State'), of: (row) => <StateOf row={row} workflowId={campaign.workflow_id} /> },
        {
          name: t('Text'),
          maxWidth: 320,
          of: (row) => (
            <Text size="sm" lineClamp={2} dir="auto" title={row.text ?? undefined}>
              {row.text ?? '–'}
            </Text>
          ),
        },
        { name: t('Parts'), atEnd: true, of: (row) => row.parts ?? '–' },
        {
          name: t('Cost'),
          atEnd: true,
          of: (row) => (row.cost ? amount(format, row.cost.nano, row.cost.currency) : '–'),
        },
        { name: t('When'), of: (row) => <When row={row} /> },
        ...(mayWork && campaign.state === 'draft' ? [takeOut] : []),
      ]}
    />
  );
}

function Who({ row }: { row: Recipient }) {
  const fields = Object.entries(row.fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
  return (
    <>
      {row.name || <Phone number={row.phone_number} />}
      <Text size="xs" c="dimmed" truncate title={fields}>
        {[row.name && phone(row.phone_number), row.company, fields].filter(Boolean).join(' · ')}
      </Text>
    </>
  );
}

function StateOf({ row, workflowId }: { row: Recipient; workflowId: string | null }) {
  const { t } = useTranslation('campaigns');
  return (
    <div>
      {recipientState(t)[row.state]}
      {row.reason && (
        <Text size="xs" c={row.state === 'failed' ? 'var(--danger)' : 'dimmed'}>
          {reasonIn(t, row.reason)}
        </Text>
      )}
      {row.run_id && workflowId && (
        <Text size="xs">
          <Link to="/workflows/$workflowId" params={{ workflowId }} search={{ tab: 'runs', run: row.run_id }}>
            {t('its run')}
          </Link>
        </Text>
      )}
    </div>
  );
}

function When({ row }: { row: Recipient }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const last = row.replied_at ?? row.delivered_at ?? row.sent_at;
  if (!last) return <>–</>;
  return (
    <time dateTime={last} title={format.full(last)}>
      {format.ago(last)}
      {row.replied_at && (
        <Text size="xs" c="dimmed">
          {t('replied')}
        </Text>
      )}
    </time>
  );
}

function Remove({ row, campaign }: { row: Recipient; campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const queries = useQueryClient();
  const remove = async () => {
    try {
      await api.DELETE('/api/campaigns/{campaign_id}/recipients/{recipient_id}', {
        params: { path: { campaign_id: campaign.id, recipient_id: row.id } },
      });
    } catch (error) {
      tellFailed(error);
    }
    await queries.invalidateQueries({ queryKey: ['get', LIST] });
    await queries.invalidateQueries({ queryKey: ['get', '/api/campaigns/{campaign_id}'] });
  };
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      aria-label={t('Take {{who}} out', { who: row.name || row.phone_number })}
      onClick={() => void remove()}
    >
      <X size={14} />
    </Button>
  );
}
