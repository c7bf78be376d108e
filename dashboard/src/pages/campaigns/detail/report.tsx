import { Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '@/parts/notice';
import { Phone } from '@/parts/phone';
import { Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import { amount, type Campaign, costRange, reasonIn } from '../states';
import { Finish } from '../wizard/figures';
import { type Report as ReportData, useReport } from './use-report';

/** The forecast beside what came. */
export function Report({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const found = useReport(campaign);
  if (!campaign.started_at)
    return (
      <Text size="sm" c="dimmed">
        {t('The report begins with the start.')}
      </Text>
    );
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <Stack gap="lg">
      <Compared report={found.data} />
      <LeftAfterPause report={found.data} />
    </Stack>
  );
}

function Compared({ report }: { report: ReportData }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { forecast, outcome } = report;
  const parts =
    forecast && Object.entries(forecast.parts).reduce((sum, [each, n]) => sum + Number(each) * n, 0);
  const codes = [...new Set([...Object.keys(forecast?.skipped ?? {}), ...Object.keys(outcome.skipped)])];
  const number = (value: number | null | undefined) => (value == null ? '–' : format.number(value));
  const rows: [string, ReactNode, ReactNode, string][] = [
    [t('Texts sent'), number(forecast?.kept), number(outcome.sent), apart(forecast?.kept, outcome.sent)],
    ...codes.map((code): [string, ReactNode, ReactNode, string] => [
      `${t('Skipped')}: ${reasonIn(t, code)}`,
      number(forecast && (forecast.skipped[code] ?? 0)),
      number(outcome.skipped[code] ?? 0),
      apart(forecast && (forecast.skipped[code] ?? 0), outcome.skipped[code] ?? 0),
    ]),
    [t('SMS parts'), number(parts), number(outcome.parts), apart(parts, outcome.parts)],
    [
      t('Cost at the forecast’s prices'),
      forecast ? costRange(format, forecast.cost) : '–',
      outcome.at_forecast_prices ? costRange(format, outcome.at_forecast_prices) : '–',
      '',
    ],
    [
      t('Charged by the carrier'),
      '–',
      outcome.cost ? amount(format, outcome.cost.nano, outcome.cost.currency) : t('not known yet'),
      '',
    ],
    [
      t('Finished'),
      forecast ? <Finish key="foreseen" forecast={forecast} /> : '–',
      outcome.finished_at ? format.dateTime(outcome.finished_at) : t('not yet'),
      '',
    ],
    [
      t('Opted out'),
      number(forecast?.expected_opt_outs),
      number(outcome.opted_out),
      apart(forecast?.expected_opt_outs, outcome.opted_out),
    ],
    [t('Replied'), '–', number(outcome.replied), ''],
  ];
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={t('Forecast and outcome')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Figure')}</Table.Th>
            <Table.Th ta="right">{t('Forecast')}</Table.Th>
            <Table.Th ta="right">{t('Outcome')}</Table.Th>
            <Table.Th ta="right">{t('Difference')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, before, after, difference]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              <Table.Td ta="right">{before}</Table.Td>
              <Table.Td ta="right">{after}</Table.Td>
              <Table.Td ta="right">{difference}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const apart = (before: number | null | undefined, after: number): string => {
  if (before == null) return '';
  const difference = after - before;
  return difference > 0 ? `+${difference}` : difference < 0 ? `−${-difference}` : '0';
};

/** Texts that were at the carrier's door when it was paused, by name. */
function LeftAfterPause({ report }: { report: ReportData }) {
  const { t } = useTranslation('campaigns');
  if (report.left_after_pause.length === 0) return null;
  return (
    <Notice kind="attention" title={t('Left after the pause')}>
      <Text size="sm">
        {t(
          'These texts were being handed over when it was paused or cancelled. They left, or may have left:',
        )}
      </Text>
      <ul>
        {report.left_after_pause.map((each) => (
          <li key={each.recipient_id}>
            <Phone number={each.phone_number} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}
