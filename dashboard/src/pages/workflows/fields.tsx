/** Small fields that steps have in common. */
import { Group, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemIn } from './words';

export interface FieldProps {
  label: string;
  description?: string;
  value: unknown;
  set: (value: unknown) => void;
  error?: string;
  disabled?: boolean;
}

const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof UNITS;

function unitOf(seconds: number): Unit {
  const fitting = (Object.keys(UNITS) as Unit[]).filter(
    (unit) => seconds % UNITS[unit] === 0 && seconds >= UNITS[unit],
  );
  return fitting.at(-1) ?? 'seconds';
}

/** A length of time as a number and its unit. */
export function Duration({ label, value, set, error, disabled }: FieldProps) {
  const { t } = useTranslation('workflows');
  const seconds = Number(value ?? 0);
  const [chosen, choose] = useState<Unit>(unitOf(seconds));
  const unit = seconds % UNITS[chosen] === 0 ? chosen : unitOf(seconds);
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NumberInput
        label={label}
        value={seconds / UNITS[unit] || ''}
        min={1}
        allowDecimal={false}
        disabled={disabled}
        error={error}
        onChange={(n) => set(n === '' ? undefined : Math.round(Number(n) * UNITS[unit]))}
      />
      <NativeSelect
        aria-label={t('Unit of {{field}}', { field: label })}
        value={unit}
        disabled={disabled}
        onChange={(event) => {
          const next = event.currentTarget.value as Unit;
          choose(next);
          set((seconds / UNITS[unit]) * UNITS[next]);
        }}
        data={[
          { value: 'seconds', label: t('seconds') },
          { value: 'minutes', label: t('minutes') },
          { value: 'hours', label: t('hours') },
          { value: 'days', label: t('days') },
        ]}
      />
    </Group>
  );
}

/** An SMS. */
export function SmsText({ label, description, value, set, error, disabled }: FieldProps) {
  const { t } = useTranslation('workflows');
  return (
    <Textarea
      label={label}
      description={description ?? t('{name|there} is the name, or “there”. Saved answers are variables too.')}
      autosize
      minRows={3}
      maxRows={10}
      maxLength={5000}
      value={String(value ?? '')}
      disabled={disabled}
      error={error}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** A condition in CEL. */
export function Expression({ label, description, value, set, error, disabled }: FieldProps) {
  const { t } = useTranslation('workflows');
  return (
    <Textarea
      label={label}
      description={description ?? t("For example: saved.score >= 4 && recipient.city == 'Rome'")}
      autosize
      minRows={1}
      maxRows={5}
      maxLength={1000}
      spellCheck={false}
      styles={{ input: { fontFamily: 'ui-monospace, monospace' } }}
      value={String(value ?? '')}
      disabled={disabled}
      error={error}
      onChange={(event) => set(event.currentTarget.value || undefined)}
    />
  );
}

export function Line({ label, description, value, set, error, disabled }: FieldProps) {
  return (
    <TextInput
      label={label}
      description={description}
      value={String(value ?? '')}
      disabled={disabled}
      error={error}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** The problem of one field of a step, in words. */
export function useProblemOf(problems: { path: string; code: string; detail: string }[], at: string) {
  const { t } = useTranslation('workflows');
  return (field: string) => {
    const path = field ? `${at}.${field}` : at;
    const found = problems.find((problem) => problem.path === path || problem.path.startsWith(`${path}[`));
    return found && problemIn(t, found.code, found.detail);
  };
}
