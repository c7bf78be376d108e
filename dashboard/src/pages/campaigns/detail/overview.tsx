import '@mantine/charts/styles.layer.css';
import { AreaChart } from '@mantine/charts';
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import { type Campaign, type Recipient, reasonIn, rowsOf } from '../states';
import classes from '../wizard/wizard.module.css';
import { axisOf, courseOf, type Moment, withFrame } from './course';
import { useReport } from './use-report';

/** Above so many recipients the chart shows what came since the page was opened. */
const READ_AT_MOST = 2000;
const AT_ONCE = 200;
const AGAIN_MS = 5000;

export default function Overview({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  if (!campaign.started_at)
    return (
      <Text size="sm" c="dimmed">
        {campaign.state === 'scheduled'
          ? t('Nothing has been sent yet. It starts by itself.')
          : t('Nothing has been sent yet.')}
      </Text>
    );
  return (
    <Stack gap="lg">
      <Chart campaign={campaign} />
      <Reasons campaign={campaign} />
    </Stack>
  );
}

function Chart({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { i18n } = useTranslation();
  const bySecond = new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium', timeZone: format.timezone });
  const said = {
    second: (at: string) => bySecond.format(new Date(at)),
    minute: format.time,
    moment: format.dateTime,
    day: format.date,
  };
  /** A tooltip that points at nothing has no moment. */
  const momentWords = (at: unknown) =>
    typeof at === 'number' ? format.dateTime(new Date(at).toISOString()) : '';
  const isWhole = campaign.counts.total <= READ_AT_MOST;
  const read = useCourse(campaign, isWhole);
  const live = useLiveCourse(campaign);
  const course = isWhole ? read.data : live;
  if (!course) return <Loading rows={3} />;
  const last = course.at(-1);
  const { ticks, unit } = axisOf(course[0]?.at ?? 0, last?.at ?? 0, format.timezone);
  return (
    <figure className={classes.card} style={{ margin: 0 }}>
      <Text component="figcaption" size="sm" fw={600} mb="sm">
        {isWhole ? t('Over time') : t('Since you opened this page')}
      </Text>
      {course.length < 2 ? (
        <Text size="sm" c="dimmed">
          {t('The chart begins with the second report.')}
        </Text>
      ) : (
        <div
          role="img"
          aria-label={t('{{sent}} sent, {{delivered}} delivered, {{replied}} replied', {
            sent: format.number(last?.sent ?? 0),
            delivered: format.number(last?.delivered ?? 0),
            replied: format.number(last?.replied ?? 0),
          })}
        >
          <AreaChart
            h={240}
            data={course}
            dataKey="at"
            xAxisProps={{
              type: 'number',
              domain: ['dataMin', 'dataMax'],
              ticks,
              tickFormatter: (at: number) => said[unit](new Date(at).toISOString()),
            }}
            tooltipProps={{ labelFormatter: momentWords }}
            curveType="monotone"
            withDots={false}
            withLegend
            fillOpacity={0.15}
            series={[
              { name: 'sent', label: t('Sent'), color: 'blue.6' },
              { name: 'delivered', label: t('Delivered'), color: 'green.7' },
              { name: 'replied', label: t('Replied'), color: 'orange.6' },
            ]}
            valueFormatter={format.number}
          />
        </div>
      )}
    </figure>
  );
}

function useCourse(campaign: Campaign, enabled: boolean) {
  const isMoving = campaign.state === 'running';
  return useQuery({
    queryKey: ['course', campaign.id, isMoving ? 'moving' : campaign.revision],
    enabled,
    staleTime: AGAIN_MS,
    refetchInterval: isMoving ? AGAIN_MS : false,
    placeholderData: (known: Moment[] | undefined) => known,
    queryFn: async () => courseOf(await allRecipients(campaign.id)),
  });
}

async function allRecipients(id: string): Promise<Recipient[]> {
  const found: Recipient[] = [];
  let cursor = '';
  do {
    const { data } = await api.GET('/api/campaigns/{campaign_id}/recipients', {
      params: { path: { campaign_id: id }, query: { limit: AT_ONCE, cursor } },
    });
    found.push(...rowsOf(data));
    cursor = (typeof data === 'object' && data.next_cursor) || '';
  } while (cursor);
  return found;
}

function useLiveCourse(campaign: Campaign): Moment[] {
  const [course, setCourse] = useState<Moment[]>([]);
  useEffect(() => setCourse((known) => withFrame(known, campaign, Date.now())), [campaign]);
  return course;
}

/** Why recipients were skipped or failed, most first. */
function Reasons({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const report = useReport(campaign);
  const outcome = report.data?.outcome;
  const rows = [
    ...Object.entries(outcome?.failed ?? {}).map(([code, n]) => ({ kind: t('Not delivered'), code, n })),
    ...Object.entries(outcome?.skipped ?? {}).map(([code, n]) => ({ kind: t('Skipped'), code, n })),
  ].sort((a, b) => b.n - a.n);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map((row) => row.n));
  return (
    <section className={classes.card}>
      <Text component="h2" size="sm" fw={600} mb="sm">
        {t('Why some did not get it')}
      </Text>
      <ul className={classes.bars}>
        {rows.map((row) => (
          <li key={`${row.kind} ${row.code}`}>
            <span>
              {reasonIn(t, row.code)}
              <Text span size="xs" c="dimmed" display="block">
                {row.kind}
              </Text>
            </span>
            <span className={classes.track} aria-hidden>
              <span className={classes.fill} data-skipped style={{ width: `${(100 * row.n) / most}%` }} />
            </span>
            <strong>{format.number(row.n)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}
