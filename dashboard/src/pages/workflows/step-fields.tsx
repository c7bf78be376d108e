import {
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Duration, Expression, Line, SmsText } from './fields';
import { type Definition, type Step, walk } from './model/definition';
import { answerKind, summaryOf } from './words';

export interface StepFieldsProps {
  definition: Definition;
  step: Step;
  /** `undefined` takes the field away. */
  set: (fields: Record<string, unknown>, key: string) => void;
  problemOf: (field: string) => string | undefined;
  disabled: boolean;
}

/** The form of a step, by its type. */
export function StepFields(props: StepFieldsProps) {
  const { t } = useTranslation('workflows');
  const { step, set, problemOf, disabled } = props;
  const field = (name: string) => ({
    value: step[name],
    set: (value: unknown) => set({ [name]: value }, name),
    error: problemOf(name),
    disabled,
  });
  switch (step.type) {
    case 'send_message':
      return <SmsText label={t('Text')} {...field('text')} />;
    case 'schedule_send':
      return (
        <Stack gap="sm">
          <Schedule {...props} />
          <SmsText label={t('Text')} {...field('text')} />
        </Stack>
      );
    case 'filter':
      return <Expression label={t('Who goes on')} {...field('keep')} />;
    case 'condition':
      return <Expression label={t('If')} {...field('if')} />;
    case 'delay':
      return <Pause {...props} />;
    case 'wait_for_reply':
      return <Duration label={t('Wait at most')} {...field('timeout_seconds')} />;
    case 'save_response':
      return <Answer {...props} />;
    case 'set_field':
      return (
        <Stack gap="sm">
          <Line
            label={t('Field of the contact')}
            description={t('Lower case, for example wished_day')}
            {...field('field')}
          />
          <Line label={t('Value')} description={t('Variables are filled in.')} {...field('value')} />
        </Stack>
      );
    case 'hand_over':
      return (
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('To')}
            disabled={disabled}
            value={String(step.to ?? 'person')}
            onChange={(to) => set({ to }, '')}
            data={[
              { value: 'person', label: t('A person') },
              { value: 'assistant', label: t('The assistant') },
            ]}
          />
          <SmsText
            label={t('Note for who takes over')}
            description={t('Variables are filled in. It is not sent.')}
            {...field('note')}
            set={(note) => set({ note: note || undefined }, 'note')}
          />
        </Stack>
      );
    case 'go_to':
      return <Jump {...props} />;
    default:
      return null;
  }
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function Schedule({ step, set, problemOf, disabled }: StepFieldsProps) {
  const { t } = useTranslation('workflows');
  const isMoment = step.at !== undefined;
  const names: Record<(typeof DAYS)[number], string> = {
    mon: t('Mon'),
    tue: t('Tue'),
    wed: t('Wed'),
    thu: t('Thu'),
    fri: t('Fri'),
    sat: t('Sat'),
    sun: t('Sun'),
  };
  const days = Array.isArray(step.days) ? (step.days as string[]) : [];
  return (
    <>
      <SegmentedControl
        aria-label={t('When')}
        disabled={disabled}
        value={isMoment ? 'at' : 'local'}
        onChange={(way) =>
          set(
            way === 'at'
              ? {
                  at: new Date().toISOString().slice(0, 16).concat(':00Z'),
                  local_time: undefined,
                  days: undefined,
                }
              : { at: undefined, local_time: '10:00' },
            '',
          )
        }
        data={[
          { value: 'local', label: t('Time on their clock') },
          { value: 'at', label: t('One moment') },
        ]}
      />
      {isMoment ? (
        <TextInput
          label={t('Moment, with its zone')}
          description="2026-12-01T15:00:00Z"
          value={String(step.at ?? '')}
          error={problemOf('at') ?? problemOf('')}
          disabled={disabled}
          onChange={(event) => set({ at: event.currentTarget.value }, 'at')}
        />
      ) : (
        <>
          <TextInput
            type="time"
            label={t('Next time that it is')}
            value={String(step.local_time ?? '')}
            error={problemOf('local_time') ?? problemOf('')}
            disabled={disabled}
            onChange={(event) => set({ local_time: event.currentTarget.value || undefined }, 'local_time')}
          />
          <Checkbox.Group
            label={t('Only on these days')}
            description={t('None chosen: any day.')}
            value={days}
            onChange={(chosen) => set({ days: chosen.length > 0 ? chosen : undefined }, '')}
          >
            <Group gap="xs" mt={6}>
              {DAYS.map((day) => (
                <Checkbox key={day} size="xs" value={day} label={names[day]} disabled={disabled} />
              ))}
            </Group>
          </Checkbox.Group>
        </>
      )}
    </>
  );
}

function Pause({ step, set, problemOf, disabled }: StepFieldsProps) {
  const { t } = useTranslation('workflows');
  const isUntil = step.until_local_time !== undefined;
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t('How it waits')}
        disabled={disabled}
        value={isUntil ? 'until' : 'for'}
        onChange={(way) =>
          set(
            way === 'until'
              ? { seconds: undefined, until_local_time: '09:00' }
              : { seconds: 3600, until_local_time: undefined },
            '',
          )
        }
        data={[
          { value: 'for', label: t('For a while') },
          { value: 'until', label: t('Until a time of day') },
        ]}
      />
      {isUntil ? (
        <TextInput
          type="time"
          label={t('Until it is, on their clock')}
          value={String(step.until_local_time ?? '')}
          error={problemOf('until_local_time') ?? problemOf('')}
          disabled={disabled}
          onChange={(event) => set({ until_local_time: event.currentTarget.value }, 'until_local_time')}
        />
      ) : (
        <Duration
          label={t('Wait for')}
          value={step.seconds}
          set={(seconds) => set({ seconds }, 'seconds')}
          error={problemOf('seconds') ?? problemOf('')}
          disabled={disabled}
        />
      )}
    </Stack>
  );
}

function Answer({ step, set, problemOf, disabled }: StepFieldsProps) {
  const { t } = useTranslation('workflows');
  const kinds = answerKind(t);
  const hasRetry = step.retry_text !== undefined;
  return (
    <Stack gap="sm">
      <TextInput
        label={t('Save it as')}
        description={t('Texts then use it as {{variable}}, conditions as saved.{{name}}.', {
          variable: `{${String(step.field ?? '')}}`,
          name: String(step.field ?? ''),
        })}
        value={String(step.field ?? '')}
        error={problemOf('field')}
        disabled={disabled}
        onChange={(event) => set({ field: event.currentTarget.value }, 'field')}
      />
      <NativeSelect
        label={t('Read it as')}
        value={String(step.as ?? 'text')}
        disabled={disabled}
        onChange={(event) => {
          const as = event.currentTarget.value;
          set({ as, choices: as === 'choice' ? (step.choices ?? []) : undefined }, '');
        }}
        data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
      />
      {step.as === 'choice' && (
        <TagsInput
          label={t('Choices')}
          description={t('Enter after each. A, B), 2 and near spellings are understood too.')}
          value={Array.isArray(step.choices) ? (step.choices as string[]) : []}
          error={problemOf('choices')}
          disabled={disabled}
          onChange={(choices) => set({ choices }, '')}
        />
      )}
      <Checkbox
        label={t('Ask again where it cannot be read')}
        checked={hasRetry}
        disabled={disabled}
        onChange={(event) =>
          set(
            event.currentTarget.checked
              ? { retry_text: '', max_retries: 1 }
              : { retry_text: undefined, max_retries: undefined },
            '',
          )
        }
      />
      {hasRetry && (
        <>
          <SmsText
            label={t('Text that asks again')}
            value={step.retry_text}
            set={(retry_text) => set({ retry_text }, 'retry_text')}
            error={problemOf('retry_text')}
            disabled={disabled}
          />
          <NumberInput
            label={t('At most so often')}
            value={Number(step.max_retries ?? 1)}
            min={0}
            max={10}
            disabled={disabled}
            onChange={(n) => set({ max_retries: Number(n) }, 'max_retries')}
          />
        </>
      )}
    </Stack>
  );
}

function Jump({ definition, step, set, problemOf, disabled }: StepFieldsProps) {
  const { t } = useTranslation('workflows');
  const others = walk(definition).filter((one) => one.step !== step);
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t('To the step')}
        value={String(step.step ?? '')}
        error={problemOf('step')}
        disabled={disabled}
        onChange={(event) => set({ step: event.currentTarget.value }, '')}
        data={[
          { value: '', label: t('Choose a step') },
          ...others.map((one) => ({
            value: one.step.id,
            label: `${one.step.id}: ${summaryOf(t, one.step).slice(0, 50)}`,
          })),
        ]}
      />
      <NumberInput
        label={t('At most so often in one run')}
        value={Number(step.at_most ?? 1)}
        min={1}
        max={100}
        error={problemOf('at_most')}
        disabled={disabled}
        onChange={(n) => set({ at_most: Number(n) }, 'at_most')}
      />
    </Stack>
  );
}
