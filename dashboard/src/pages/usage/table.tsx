import { ActionIcon, Badge, Group, Select, Table, Text } from '@mantine/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import { Entries } from './entries';
import { useStatement } from './index';
import { useKinds } from './kinds';
import type { Period } from './periods';
import { entriesOf, type GroupBy, groupOf, type Line } from './statement';
import classes from './usage.module.css';

interface TableProps {
  period: Period;
  groupBy: GroupBy;
  choose: (groupBy: string | undefined) => void;
}

/** The statement: each line opens into the entries that it is the sum of. */
export function StatementTable({ period, groupBy, choose }: TableProps) {
  const { t } = useTranslation('usage');
  const { statement, error, refetch } = useStatement(period, groupBy);
  return (
    <Section
      title={t('Statement')}
      actions={
        <Select
          size="xs"
          aria-label={t('Grouped by')}
          allowDeselect={false}
          value={groupBy}
          onChange={(value) => choose(value ?? undefined)}
          data={[
            { value: 'kind', label: t('By kind') },
            { value: 'day', label: t('By day') },
            { value: 'month', label: t('By month') },
            { value: 'number', label: t('By number') },
            { value: 'campaign', label: t('By campaign') },
            { value: 'assistant', label: t('By assistant') },
            { value: 'model', label: t('By model') },
          ]}
        />
      }
    >
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !statement ? (
        <Loading rows={4} />
      ) : statement.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('Nothing was used in this period.')}
        </Text>
      ) : (
        <Lines
          lines={statement.items}
          groupBy={statement.group_by}
          period={period}
          totals={statement.totals}
        />
      )}
    </Section>
  );
}

interface LinesProps {
  lines: Line[];
  groupBy: GroupBy;
  period: Period;
  totals: { currency: string; amount: string; entries: number }[];
}

function Lines({ lines, groupBy, period, totals }: LinesProps) {
  const { t } = useTranslation('usage');
  const format = useFormat();
  const [opened, setOpened] = useState<string | null>(null);
  const isGrouped = groupBy !== 'kind';
  return (
    <div className={classes.scroll}>
      <Table aria-label={t('Statement')} miw={620}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36} />
            {isGrouped && <Table.Th>{t('Group')}</Table.Th>}
            <Table.Th>{t('What')}</Table.Th>
            <Table.Th ta="right">{t('Quantity')}</Table.Th>
            <Table.Th ta="right">{t('Entries')}</Table.Th>
            <Table.Th ta="right">{t('Amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => {
            const key = `${groupOf(line, groupBy)} ${line.kind} ${line.currency}`;
            const filter = entriesOf(line, groupBy, period);
            return (
              <Fragment key={key}>
                <OneLine
                  line={line}
                  groupBy={groupBy}
                  isOpen={opened === key}
                  toggle={filter ? () => setOpened(opened === key ? null : key) : undefined}
                />
                {opened === key && filter && (
                  <Table.Tr className={classes.entries}>
                    <Table.Td colSpan={isGrouped ? 6 : 5}>
                      <Entries filter={filter} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
        <Table.Tfoot>
          {totals.map((total) => (
            <Table.Tr key={total.currency}>
              <Table.Th />
              <Table.Th colSpan={isGrouped ? 3 : 2}>{t('Total')}</Table.Th>
              <Table.Th ta="right">{format.number(total.entries)}</Table.Th>
              <Table.Th ta="right">{format.money(total.amount, total.currency)}</Table.Th>
            </Table.Tr>
          ))}
        </Table.Tfoot>
      </Table>
    </div>
  );
}

interface LineProps {
  line: Line;
  groupBy: GroupBy;
  isOpen: boolean;
  toggle: (() => void) | undefined;
}

function OneLine({ line, groupBy, isOpen, toggle }: LineProps) {
  const { t } = useTranslation('usage');
  const format = useFormat();
  const kindOf = useKinds();
  return (
    <Table.Tr>
      <Table.Td>
        {toggle && (
          <ActionIcon
            size="sm"
            aria-expanded={isOpen}
            aria-label={t('Entries of {{what}}', {
              what: `${kindOf(line.kind)} ${groupBy === 'kind' ? '' : groupOf(line, groupBy)}`.trim(),
            })}
            onClick={toggle}
          >
            {isOpen ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
          </ActionIcon>
        )}
      </Table.Td>
      {groupBy !== 'kind' && (
        <Table.Td dir="auto">
          <GroupName groupBy={groupBy} id={groupOf(line, groupBy)} />
        </Table.Td>
      )}
      <Table.Td>{kindOf(line.kind)}</Table.Td>
      <Table.Td ta="right">{format.number(line.quantity)}</Table.Td>
      <Table.Td ta="right">{format.number(line.entries)}</Table.Td>
      <Table.Td ta="right">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {line.unpriced_entries > 0 && (
            <Badge size="xs" tt="none" color="red" variant="light">
              {t('{{count}} without a price', { count: line.unpriced_entries })}
            </Badge>
          )}
          {line.estimated_entries > 0 && (
            <Badge size="xs" tt="none" color="gray" variant="light">
              {t('partly estimated')}
            </Badge>
          )}
          {format.money(line.amount, line.currency)}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** What a group is called: campaigns and assistants by their names. */
function GroupName({ groupBy, id }: { groupBy: GroupBy; id: string }) {
  const { t } = useTranslation('usage');
  const campaign = $api.useQuery(
    'get',
    '/api/campaigns/{campaign_id}',
    { params: { path: { campaign_id: id } } },
    { enabled: groupBy === 'campaign' && id !== '' },
  );
  const assistant = $api.useQuery(
    'get',
    '/api/assistants/{assistant_id}',
    { params: { path: { assistant_id: id } } },
    { enabled: groupBy === 'assistant' && id !== '' },
  );
  return <>{campaign.data?.name ?? assistant.data?.name ?? (id || t('none'))}</>;
}
