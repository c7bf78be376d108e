import '@mantine/dates/styles.layer.css';
import { ActionIcon, Button, Chip, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useMe } from '@/session/me';
import classes from './assistants.module.css';

export type Hours = Schemas['BusinessHoursIn'];
type Times = Schemas['OpeningTimesIn'];
type Day = Times['days'][number];

const DAYS: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const FIRST: Times = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], opens: '09:00', closes: '17:00' };
// The first of January 2024 was a Monday.
const dayName = (day: Day, language: string) =>
  new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + DAYS.indexOf(day)),
  );

interface HoursProps {
  value: Hours | null;
  change: (hours: Hours | null) => void;
  /** What it means when there are none. */
  always: string;
}

/** Opening hours on the tenant's clock: times on days of the week, and days on which nothing opens. */
export function HoursField({ value, change, always }: HoursProps) {
  const { t } = useTranslation('assistants');
  const { tenant_timezone } = useMe();
  const open = value?.open ?? [];
  const setTimes = (n: number, own: Partial<Times>) =>
    change({
      holidays: value?.holidays ?? [],
      open: open.map((times, at) => (at === n ? { ...times, ...own } : times)),
    });
  return (
    <Stack gap="xs">
      <Switch
        label={always}
        checked={value === null}
        onChange={(event) => change(event.currentTarget.checked ? null : { open: [FIRST], holidays: [] })}
      />
      {value && (
        <>
          <Text size="xs" c="dimmed">
            {t('On the clock of {{zone}}. A closing time before the opening time is on the next day.', {
              zone: tenant_timezone,
            })}
          </Text>
          {open.map((times, n) => (
            <OpenTimes
              key={`times ${n.toString()}`}
              times={times}
              change={(own) => setTimes(n, own)}
              remove={() => change({ ...value, open: open.filter((_, at) => at !== n) })}
            />
          ))}
          <div>
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<Plus size={12} />}
              onClick={() => change({ ...value, open: [...open, { ...FIRST, days: ['sat'] }] })}
            >
              {t('Add times')}
            </Button>
          </div>
          <DatePickerInput
            type="multiple"
            label={t('Closed on these days')}
            placeholder={t('None')}
            clearable
            value={value.holidays ?? []}
            onChange={(days) => change({ ...value, holidays: [...days].sort() })}
            maw={420}
          />
        </>
      )}
    </Stack>
  );
}

interface TimesProps {
  times: Times;
  change: (own: Partial<Times>) => void;
  remove: () => void;
}

function OpenTimes({ times, change, remove }: TimesProps) {
  const { t, i18n } = useTranslation('assistants');
  return (
    <fieldset className={classes.rows}>
      <legend className="visually-hidden">{t('Opening times')}</legend>
      <Group gap="xs">
        <Chip.Group multiple value={times.days} onChange={(days) => change({ days: days as Day[] })}>
          {DAYS.map((day) => (
            <Chip key={day} value={day} size="xs" variant="light">
              {dayName(day, i18n.language)}
            </Chip>
          ))}
        </Chip.Group>
        <Group gap={6} wrap="nowrap">
          <TextInput
            w={74}
            size="xs"
            aria-label={t('Opens')}
            value={times.opens}
            onChange={(event) => change({ opens: event.currentTarget.value })}
          />
          –
          <TextInput
            w={74}
            size="xs"
            aria-label={t('Closes')}
            value={times.closes}
            onChange={(event) => change({ closes: event.currentTarget.value })}
          />
          <ActionIcon onClick={remove} aria-label={t('Remove these times')}>
            <X size={14} />
          </ActionIcon>
        </Group>
      </Group>
    </fieldset>
  );
}

/** "Mon Tue 09:00–17:00", for tables. */
export function HoursText({ hours }: { hours: Hours | null }) {
  const { i18n } = useTranslation('assistants');
  if (!hours) return '–';
  return hours.open.map((times) => (
    <div key={`${times.days.join()} ${times.opens}`}>
      {times.days.map((day) => dayName(day, i18n.language)).join(' ')} {times.opens}–{times.closes}
    </div>
  ));
}
