import '@mantine/charts/styles.layer.css';
import { LineChart } from '@mantine/charts';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useFormat } from '@/words/format';

/** The share of answers that could have been sent as they were, week by week. */
export default function ScoreChart({ weeks }: { weeks: Schemas['WeekScoreOut'][] }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  const percent = (share: number | null) => (share === null ? null : Math.round(share * 1000) / 10);
  const data = weeks.map(({ week, suggest, shadow }) => ({
    week: format.date(`${week}T12:00:00Z`),
    suggest: percent(suggest.agreement),
    shadow: percent(shadow.agreement),
  }));
  return (
    <LineChart
      h={240}
      data={data}
      dataKey="week"
      withLegend
      connectNulls
      curveType="linear"
      yAxisProps={{ domain: [0, 100] }}
      unit="%"
      series={[
        { name: 'suggest', label: t('Drafts'), color: 'green.7' },
        { name: 'shadow', label: t('Shadow'), color: 'orange.6' },
      ]}
    />
  );
}
