import { Alert, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { useFrames } from '@/live/context';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';

type Period = Schemas['PeriodOut'];
type Money = Schemas['Money'];

const NEAR = 80;

/** How much of the spend caps is used. A reached cap holds texts back before they are sent. */
export function Caps() {
  const { t } = useTranslation('usage');
  const read = $api.useQuery('get', '/api/messages/budget');
  useFrames('budget.warned', () => void read.refetch());
  return (
    <Section
      title={t('Spend caps')}
      about={t(
        'What was sent, with its fees. Texts received and tokens are on the bill, but count toward no cap.',
      )}
    >
      {read.error ? (
        <Failure error={read.error} retry={() => void read.refetch()} />
      ) : !read.data ? (
        <Loading rows={2} />
      ) : (
        <Stack gap="md">
          {read.data.waiting && (
            <Alert color="red" variant="light">
              {read.data.covers === 'bulk'
                ? t(
                    'A cap is reached: campaigns wait. Raise the cap in the settings, or wait for the next day or month.',
                  )
                : t(
                    'A cap is reached: texts wait. Raise the cap in the settings, or wait for the next day or month.',
                  )}
            </Alert>
          )}
          {read.data.periods.map((period) => (
            <OnePeriod key={period.period} period={period} />
          ))}
        </Stack>
      )}
    </Section>
  );
}

function OnePeriod({ period }: { period: Period }) {
  const { t } = useTranslation('usage');
  const format = useFormat();
  const money = ({ nano, currency }: Money) => format.money(nano / 1e9, currency ?? 'USD');
  const used = { nano: period.spent.nano + period.reserved.nano, currency: period.spent.currency };
  const title = period.period === 'day' ? t('Today') : t('This month');
  const percent = period.percent ?? 0;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text size="sm">
        {period.cap
          ? t('{{used}} of {{cap}} ({{percent}} %)', { used: money(used), cap: money(period.cap), percent })
          : t('{{used}}; there is no cap', { used: money(used) })}
      </Text>
      {period.cap && (
        <Progress
          mt={4}
          value={Math.min(100, percent)}
          color={percent >= 100 ? 'red' : percent >= NEAR ? 'orange' : 'green'}
          aria-label={t('Used of the cap: {{title}}', { title })}
        />
      )}
      {period.reserved.nano > 0 && (
        <Text size="xs" c="dimmed">
          {t('{{amount}} of it is held for texts that are about to be sent', {
            amount: money(period.reserved),
          })}
        </Text>
      )}
    </div>
  );
}
