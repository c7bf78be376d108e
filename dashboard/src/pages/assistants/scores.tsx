import { Group, SegmentedControl, SimpleGrid, Table, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { Empty, Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import classes from './assistants.module.css';
import { scoreInWords } from './judged';

const ScoreChart = lazy(() => import('./scores_chart'));
type Score = Schemas['ScoreOut'];

/** How people judged the answers: as drafts (suggest) and silently beside people (shadow). */
export default function Scores({ assistantId }: { assistantId: string }) {
  const { t } = useTranslation('assistants');
  const [weeks, setWeeks] = useState('12');
  const read = $api.useQuery('get', '/api/assistants/{assistant_id}/scores', {
    params: { path: { assistant_id: assistantId }, query: { weeks: Number(weeks) } },
  });
  const guides = $api.useQuery('get', '/api/guides', { params: { query: { limit: 100 } } });
  if (read.isLoadingError) return <Failure error={read.error} retry={() => void read.refetch()} />;
  if (!read.data) return <Loading />;
  const scores = read.data;
  if (!scores.since)
    return (
      <Empty title={t('Nothing was judged yet')}>
        {t(
          'Each time a person approves, edits or rejects a draft, it is judged. With the shadow switched on, answers of people are compared too.',
        )}
      </Empty>
    );
  const names = new Map(guides.data?.items.map(({ id, name }) => [id, name]));
  return (
    <div className={classes.stack}>
      <Group justify="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={t('Weeks')}
          value={weeks}
          onChange={setWeeks}
          data={['4', '12', '26'].map((value) => ({
            value,
            label: t('{{count}} weeks', { count: Number(value) }),
          }))}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Whole title={t('Drafts that people judged')} score={scores.suggest} />
        <Whole title={t('In the shadow, beside people')} score={scores.shadow} />
      </SimpleGrid>
      <Section title={t('Agreement by week')}>
        <Suspense fallback={<Loading rows={1} height={220} />}>
          <ScoreChart weeks={scores.by_week} />
        </Suspense>
      </Section>
      <Groups
        title={t('By guide')}
        rows={scores.by_guide.map((each) => ({
          name: each.guide_id ? (names.get(each.guide_id) ?? t('a deleted guide')) : t('without a guide'),
          ...each,
        }))}
      />
      <Groups
        title={t('By what customers wanted')}
        rows={scores.by_intent.map((each) => ({ name: each.intent || t('not said'), ...each }))}
      />
      <Groups
        title={t('By version')}
        rows={scores.by_version.map((each) => ({
          name: t('Version {{version}}', { version: each.version }),
          ...each,
        }))}
      />
    </div>
  );
}

function Whole({ title, score }: { title: string; score: Score }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  return (
    <Section title={title}>
      <Text fz={28} fw={600}>
        {score.agreement === null ? '–' : format.percent(score.agreement)}
      </Text>
      <Text size="sm" c="dimmed">
        {scoreInWords(score, t, format)}
      </Text>
      <Text size="xs" c="dimmed" mt={6}>
        {t(
          '{{accepted}} as they were, {{edited}} edited, {{replaced}} replaced, {{rejected}} rejected, {{handed}} handed over',
          {
            accepted: score.accepted,
            edited: score.edited,
            replaced: score.replaced,
            rejected: score.rejected,
            handed: score.handed_over,
          },
        )}
      </Text>
    </Section>
  );
}

interface GroupRow {
  name: string;
  suggest: Score;
  shadow: Score;
}

function Groups({ title, rows }: { title: string; rows: GroupRow[] }) {
  const { t } = useTranslation('assistants');
  if (rows.length === 0) return null;
  return (
    <Section title={title}>
      <div className={classes.scroll}>
        <Table aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th />
              <Table.Th>{t('Drafts')}</Table.Th>
              <Table.Th>{t('Shadow')}</Table.Th>
              <Table.Th ta="right">{t('Edited')}</Table.Th>
              <Table.Th ta="right">{t('Handed over')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ name, suggest, shadow }) => (
              <Table.Tr key={name}>
                <Table.Td dir="auto">{name}</Table.Td>
                <Table.Td>
                  <Agreement score={suggest} />
                </Table.Td>
                <Table.Td>
                  <Agreement score={shadow} />
                </Table.Td>
                <Table.Td ta="right">{suggest.edited + shadow.edited}</Table.Td>
                <Table.Td ta="right">{suggest.handed_over + shadow.handed_over}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}

function Agreement({ score }: { score: Score }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  if (score.agreement === null) return <span className={rowStyles.quiet}>–</span>;
  return (
    <span title={scoreInWords(score, t, format)}>
      {format.percent(score.agreement)}{' '}
      <span className={rowStyles.quiet}>
        {t('of {{count}}', { count: score.judged })}
        {score.interval &&
          ` (${format.percent(score.interval.low)} – ${format.percent(score.interval.high)})`}
      </span>
    </span>
  );
}
