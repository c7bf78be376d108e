import '@mantine/charts/styles.layer.css';
import { BarChart } from '@mantine/charts';
import { SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useFormat } from '@/words/format';
import { useKinds } from './kinds';
import type { Period } from './periods';
import { barsOf, type Kind, kindsIn, type Line } from './statement';

const COLOURS: Record<Kind, string> = {
  sms_parts_out: 'green.7',
  sms_parts_in: 'green.4',
  carrier_fee: 'gray.5',
  tokens_prompt: 'indigo.4',
  tokens_completion: 'indigo.7',
  tokens_cached: 'indigo.2',
};

interface ChartProps {
  lines: Line[];
  period: Period;
  totals: Schemas['TotalOut'][];
}

/** What each day cost, by kind. Currencies are never added up: one is shown at a time. */
export default function Chart({ lines, period, totals }: ChartProps) {
  const { t, i18n } = useTranslation('usage');
  const format = useFormat();
  const kindOf = useKinds();
  const [chosen, setChosen] = useState<string | null>(null);
  const currency = chosen ?? totals[0]?.currency ?? 'USD';
  const kinds = kindsIn(lines.filter((line) => line.currency === currency));
  const short = new Intl.DateTimeFormat(i18n.language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const data = barsOf(lines, period, currency).map((bar) => ({
    ...bar,
    day: short.format(Date.parse(bar.day)),
  }));
  if (kinds.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('Nothing in this period has a price.')}
      </Text>
    );
  return (
    <>
      {totals.length > 1 && (
        <SegmentedControl
          size="xs"
          mb="sm"
          aria-label={t('Currency')}
          value={currency}
          onChange={setChosen}
          data={totals.map((total) => total.currency)}
        />
      )}
      <BarChart
        h={260}
        type="stacked"
        data={data}
        dataKey="day"
        withLegend
        valueFormatter={(amount) => format.money(amount, currency)}
        yAxisProps={{ width: 72 }}
        series={kinds.map((kind) => ({ name: kind, label: kindOf(kind), color: COLOURS[kind] }))}
      />
    </>
  );
}
