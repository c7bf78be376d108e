import '@mantine/dates/styles.layer.css';
import { Radio, Stack, Text } from '@mantine/core';
import { DateTimePicker } from '@mantine/dates';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/session/me';
import type { Campaign } from '../states';
import { Foot } from './foot';
import { localTime, momentIn, soon, wallIn } from './moments';
import type { Go, Place } from './place';
import classes from './wizard.module.css';

type Way = 'now' | 'at' | 'local';

export function When({ place, go }: { campaign: Campaign; place: Place; go: Go }) {
  const { t } = useTranslation('campaigns');
  const { tenant_timezone: zone } = useMe();
  const [way, setWay] = useState<Way>(place.local ? 'local' : place.at ? 'at' : 'now');
  const [at, setAt] = useState<string | null>(place.at ? wallIn(zone, place.at) : soon(zone, 2));
  const [local, setLocal] = useState<string | null>(place.local?.replace('T', ' ') ?? soon(zone, 24));
  const missing = (way === 'at' && !at) || (way === 'local' && !local) ? t('Choose a day and a time.') : '';
  const next = () =>
    go({
      step: 'check',
      at: way === 'at' && at ? momentIn(zone, at) : undefined,
      local: way === 'local' && local ? localTime(local) : undefined,
    });
  return (
    <>
      <Radio.Group
        value={way}
        onChange={(wanted) => setWay(wanted as Way)}
        aria-label={t('When does it start?')}
      >
        <Stack gap="sm" maw={560}>
          <div className={classes.card}>
            <Radio
              value="now"
              label={t('Now')}
              description={t('Who is asleep by the hours gets it when they open.')}
            />
          </div>
          <div className={classes.card}>
            <Radio
              value="at"
              label={t('At a moment')}
              description={t('The same moment for all, in {{zone}}.', { zone })}
            />
            {way === 'at' && (
              <DateTimePicker
                mt="sm"
                label={t('Day and time')}
                value={at}
                onChange={setAt}
                minDate={wallIn(zone, new Date().toISOString()).slice(0, 10)}
                valueFormat="ddd, D MMM YYYY, HH:mm"
              />
            )}
          </div>
          <div className={classes.card}>
            <Radio
              value="local"
              label={t('At each recipient’s local time')}
              description={t(
                'Ten in the morning where each of them lives. Where it has passed, the next day.',
              )}
            />
            {way === 'local' && (
              <DateTimePicker
                mt="sm"
                label={t('Day and time on their clock')}
                value={local}
                onChange={setLocal}
                valueFormat="ddd, D MMM YYYY, HH:mm"
              />
            )}
          </div>
          <Text size="xs" c="dimmed">
            {t('You see everything once more before it starts.')}
          </Text>
        </Stack>
      </Radio.Group>
      <Foot back={() => go({ step: 'forecast' })} missing={missing} next={next} />
    </>
  );
}
