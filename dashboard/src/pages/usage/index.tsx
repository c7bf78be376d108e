import { Alert, Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { AlertTriangle, Download } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Page } from '@/parts/page';
import { Section } from '@/parts/section';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import { Caps } from './caps';
import { type Period, PRESETS, type Preset, periodOf, todayIn } from './periods';
import { Prices } from './prices';
import type { GroupBy, Statement } from './statement';
import { StatementTable } from './table';
import classes from './usage.module.css';

const Chart = lazy(() => import('./chart'));

export default function Usage() {
  const { t } = useTranslation('usage');
  const search = useSearch({ from: '/signed-in/usage' });
  const navigate = useNavigate();
  const { tenant_timezone } = useMe();
  const today = todayIn(tenant_timezone);
  const preset = (search.from ? 'own' : (search.period ?? 'month')) as Preset | 'own';
  const period: Period =
    search.from && search.to
      ? { from: search.from, to: search.to }
      : periodOf(preset === 'own' ? 'month' : preset, today);
  const groupBy = (search.by ?? 'kind') as GroupBy;
  const go = (change: Record<string, string | undefined>) =>
    void navigate({ to: '/usage', search: { ...search, ...change }, replace: true });
  return (
    <Page
      wide
      title={t('Usage and cost')}
      about={t('Days are those of {{zone}}. Every sum opens into the entries it is made of.', {
        zone: tenant_timezone,
      })}
      actions={<Downloads period={period} groupBy={groupBy} />}
    >
      <Group mb="md" align="flex-end" gap="sm">
        <Select
          label={t('Period')}
          allowDeselect={false}
          value={preset}
          data={[
            ...PRESETS.map((value) => ({ value, label: presetName(value, t) })),
            { value: 'own', label: t('From … to …') },
          ]}
          onChange={(value) =>
            go(
              value === 'own'
                ? { period: undefined, ...period }
                : { period: value ?? undefined, from: undefined, to: undefined },
            )
          }
        />
        {preset === 'own' && (
          <>
            <Day label={t('From')} value={period.from} change={(from) => go({ from })} />
            <Day label={t('To')} value={period.to} change={(to) => go({ to })} />
          </>
        )}
      </Group>
      <div className={classes.stack}>
        <Totals period={period} />
        <StatementTable period={period} groupBy={groupBy} choose={(by) => go({ by })} />
        <div className={classes.two}>
          <Caps />
          <Prices />
        </div>
      </div>
    </Page>
  );
}

function presetName(preset: Preset, t: (text: string) => string): string {
  if (preset === 'last_month') return t('Last month');
  if (preset === 'week') return t('Last 7 days');
  if (preset === 'thirty') return t('Last 30 days');
  if (preset === 'quarter') return t('Last 90 days');
  return t('This month');
}

function Day({ label, value, change }: { label: string; value: string; change: (day: string) => void }) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      onChange={(event) => event.currentTarget.value && change(event.currentTarget.value)}
    />
  );
}

function Downloads({ period, groupBy }: { period: Period; groupBy: GroupBy }) {
  const { t } = useTranslation('usage');
  const query = `format=csv&from=${period.from}&to=${period.to}`;
  return (
    <>
      <Button
        component="a"
        variant="default"
        leftSection={<Download size={14} />}
        href={`/api/accounts/usage?${query}&group_by=${groupBy}`}
        download={`statement-${period.from}-${period.to}.csv`}
      >
        {t('Statement (CSV)')}
      </Button>
      <Button
        component="a"
        variant="default"
        leftSection={<Download size={14} />}
        href={`/api/accounts/usage/entries?${query}`}
        download={`entries-${period.from}-${period.to}.csv`}
      >
        {t('All entries (CSV)')}
      </Button>
    </>
  );
}

export function useStatement(period: Period, groupBy: GroupBy) {
  const read = $api.useQuery(
    'get',
    '/api/accounts/usage',
    { params: { query: { ...period, group_by: groupBy } } },
    { placeholderData: (before) => before },
  );
  return { ...read, statement: typeof read.data === 'object' ? (read.data as Statement) : undefined };
}

function Totals({ period }: { period: Period }) {
  const { t } = useTranslation('usage');
  const format = useFormat();
  const { statement, error, refetch } = useStatement(period, 'day');
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!statement) return <Loading rows={3} height={80} />;
  const unpriced = statement.totals.reduce((sum, total) => sum + total.unpriced_entries, 0);
  if (statement.totals.length === 0)
    return (
      <Section title={t('Cost')}>
        <Empty title={t('Nothing was used in this period')}>
          {t('Texts, fees and tokens appear here seconds after they were used.')}
        </Empty>
      </Section>
    );
  return (
    <>
      <div className={classes.figures}>
        {statement.totals.map((total) => (
          <Section key={total.currency} title={t('Cost')}>
            <div className={classes.figure}>{format.money(total.amount, total.currency)}</div>
            <Text size="sm" c="dimmed">
              {t('{{count}} entries', { count: total.entries })}
              {total.estimated_entries > 0 &&
                ` · ${t('{{amount}} of it may still change: the carrier has not named its figures', {
                  amount: format.money(total.estimated_amount, total.currency),
                })}`}
            </Text>
          </Section>
        ))}
        {statement.projection?.map((projection) => (
          <Section key={projection.currency} title={t('By the end of the month')}>
            <div className={classes.figure}>{format.money(projection.amount, projection.currency)}</div>
            <Text size="sm" c="dimmed">
              {t(
                'if it goes on as so far ({{amount}} this month). Weekends and campaigns to come are not in it.',
                {
                  amount: format.money(projection.amount_so_far, projection.currency),
                },
              )}
            </Text>
          </Section>
        ))}
      </div>
      {unpriced > 0 && (
        <Alert color="red" variant="light" icon={<AlertTriangle size={16} />}>
          {t(
            '{{count}} entries have no price and cost nothing here. Ask the operator to add a rate card that names them.',
            {
              count: unpriced,
            },
          )}
        </Alert>
      )}
      <Section title={t('Cost per day')}>
        <Suspense fallback={<Loading rows={1} height={240} />}>
          <Chart
            lines={statement.items}
            period={{ from: statement.from, to: statement.to }}
            totals={statement.totals}
          />
        </Suspense>
      </Section>
    </>
  );
}
