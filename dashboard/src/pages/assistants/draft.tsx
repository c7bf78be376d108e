import { Button, Group, NumberInput, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import { changedFields, keepTyped, useFollow } from '@/parts/follow';
import { Section } from '@/parts/section';
import { tellDone } from '@/parts/told';
import { Unsaved } from '@/parts/unsaved';
import { useMay } from '@/session/me';
import classes from './assistants.module.css';
import { HoursField } from './hours';
import type { Assistant } from './one';
import { Tools } from './tools';

export interface DraftForm {
  name: string;
  prompt: string;
  knowledge: string;
  model: string;
  temperature: number | null;
  max_output_tokens: number;
  grounding: 'off' | 'strict' | null;
  pictures: boolean;
  tools: Schemas['ToolsIn'];
  business_hours: Schemas['BusinessHoursIn'] | null;
  outside_hours: Schemas['OutsideHoursIn'];
}
export type Form = UseFormReturnType<DraftForm>;

const formOf = (assistant: Assistant): DraftForm => ({
  name: assistant.name,
  prompt: assistant.prompt,
  knowledge: assistant.knowledge,
  model: assistant.model,
  temperature: assistant.temperature,
  max_output_tokens: assistant.max_output_tokens,
  grounding: assistant.grounding_set,
  pictures: assistant.pictures,
  tools: assistant.tools,
  business_hours: assistant.business_hours,
  outside_hours: assistant.outside_hours,
});

interface DraftProps {
  assistant: Assistant;
  publish: () => void;
  /** Says whether something is typed that is not saved: then it must not be unmounted. */
  typed: (isTyped: boolean) => void;
}

/** The assistant's instructions. Saving changes the draft; customers hear nothing of it before it is published. */
export function Draft({ assistant, publish, typed }: DraftProps) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const isAdmin = useMay('admin');
  const form = useForm<DraftForm>({ initialValues: formOf(assistant) });
  const key = { params: { path: { assistant_id: assistant.id } } };
  const save = $api.useMutation('patch', '/api/assistants/{assistant_id}', {
    onSuccess: (saved) => {
      queries.setQueryData($api.queryOptions('get', '/api/assistants/{assistant_id}', key).queryKey, saved);
      tellDone(t('Saved in the draft.'));
    },
  });
  useFollow(form, formOf(assistant));
  const isDirty = form.isDirty();
  useEffect(() => {
    typed(isDirty);
    return () => typed(false);
  }, [isDirty, typed]);
  // What is typed changes what was read before: a colleague's change of since then is a conflict, not overwritten.
  const revision = useRef(assistant.revision);
  if (!isDirty) revision.current = Math.max(revision.current, assistant.revision);
  const send = (values: DraftForm) => {
    const body = { ...changedFields(form.getInitialValues(), values), revision: revision.current };
    save.mutate(
      { ...key, body },
      {
        onSuccess: (saved) => {
          revision.current = saved.revision;
          keepTyped(form, values, formOf(saved));
        },
      },
    );
  };
  const isConflict = save.error && asProblem(save.error).status === 409;
  return (
    <form className={classes.form} onSubmit={form.onSubmit(send)}>
      <Unsaved when={isDirty} />
      <fieldset disabled={!isAdmin} className={classes.rows}>
        <Stack gap="md">
          <Prompt form={form} />
          <Model form={form} />
          <Tools form={form} />
          <OpenHours form={form} />
        </Stack>
      </fieldset>
      {isAdmin && (
        <div className={classes.bar}>
          <Text size="sm" c={save.error ? 'red' : 'dimmed'} role={save.error ? 'alert' : undefined}>
            {isConflict
              ? t('Somebody changed it meanwhile. Copy what you typed, then reload.')
              : save.error
                ? asProblem(save.error).detail
                : isDirty
                  ? t('There are changes that are not saved.')
                  : assistant.draft_version !== null
                    ? t('The draft differs from what is live. Try it in the playground, then publish.')
                    : t('This is live.')}
          </Text>
          <Group gap="xs">
            {isConflict && (
              <Button
                variant="default"
                onClick={() => {
                  form.reset();
                  save.reset();
                  void queries.invalidateQueries({ queryKey: ['get', '/api/assistants/{assistant_id}'] });
                }}
              >
                {t('Reload')}
              </Button>
            )}
            <Button
              variant="default"
              disabled={isDirty || assistant.draft_version === null}
              onClick={publish}
            >
              {t('Publish …')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isDirty}>
              {t('Save draft')}
            </Button>
          </Group>
        </div>
      )}
    </form>
  );
}

function Prompt({ form }: { form: Form }) {
  const { t } = useTranslation('assistants');
  return (
    <Section title={t('What it knows and how it speaks')}>
      <Stack gap="sm">
        <TextInput
          label={t('Name')}
          description={t('Shown to your own people only.')}
          maxLength={100}
          {...form.getInputProps('name')}
        />
        <Textarea
          label={t('Role and style')}
          description={t(
            'Who it speaks for, and how. Put no secrets here: a model can be tricked into revealing them.',
          )}
          autosize
          minRows={5}
          maxRows={18}
          maxLength={20000}
          {...form.getInputProps('prompt')}
        />
        <Textarea
          label={t('Facts it always has')}
          description={t(
            'Opening hours, prices, rules. Longer texts belong in the knowledge, where it looks up what fits.',
          )}
          autosize
          minRows={4}
          maxRows={18}
          maxLength={60000}
          {...form.getInputProps('knowledge')}
        />
      </Stack>
    </Section>
  );
}

function Model({ form }: { form: Form }) {
  const { t } = useTranslation('assistants');
  return (
    <Section title={t('How it answers')}>
      <Stack gap="sm">
        <Select
          label={t('Answers without a source')}
          description={t('A price, a date or a promise that stands nowhere in what it was told')}
          allowDeselect={false}
          value={form.values.grounding ?? 'auto'}
          onChange={(value) =>
            form.setFieldValue('grounding', value === 'auto' ? null : (value as 'off' | 'strict'))
          }
          data={[
            { value: 'auto', label: t('wait for a person where it has knowledge') },
            { value: 'strict', label: t('always wait for a person') },
            { value: 'off', label: t('are sent') },
          ]}
        />
        <Switch
          label={t('The model sees pictures that customers send')}
          {...form.getInputProps('pictures', { type: 'checkbox' })}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t('Model')}
            description={t('Empty: the installation’s.')}
            maxLength={200}
            {...form.getInputProps('model')}
          />
          <NumberInput
            label={t('Temperature')}
            description={t('Empty: the model’s own.')}
            min={0}
            max={2}
            step={0.1}
            decimalScale={2}
            value={form.values.temperature ?? ''}
            onChange={(value) => form.setFieldValue('temperature', value === '' ? null : Number(value))}
          />
          <NumberInput
            label={t('Longest answer in tokens')}
            description={t('Thinking included.')}
            min={50}
            max={16000}
            step={50}
            {...form.getInputProps('max_output_tokens')}
          />
        </Group>
      </Stack>
    </Section>
  );
}

function OpenHours({ form }: { form: Form }) {
  const { t } = useTranslation('assistants');
  const { action = 'answer' } = form.values.outside_hours;
  return (
    <Section title={t('Hours')}>
      <Stack gap="sm">
        <HoursField
          value={form.values.business_hours}
          change={(hours) => form.setFieldValue('business_hours', hours)}
          always={t('Always open')}
        />
        {form.values.business_hours && (
          <>
            <Select
              label={t('A text outside these hours')}
              allowDeselect={false}
              data={[
                { value: 'answer', label: t('is answered as always') },
                { value: 'reply', label: t('gets the text below, and a person looks at it later') },
                { value: 'person', label: t('goes to a person; the assistant stays silent') },
              ]}
              {...form.getInputProps('outside_hours.action')}
            />
            {action !== 'answer' && (
              <Group align="flex-start" grow preventGrowOverflow={false}>
                <Textarea
                  label={t('What is said then')}
                  autosize
                  minRows={2}
                  maxLength={1000}
                  {...form.getInputProps('outside_hours.text')}
                />
                <NumberInput
                  label={t('At most once in so many hours')}
                  min={1}
                  max={168}
                  {...form.getInputProps('outside_hours.every_hours')}
                />
              </Group>
            )}
          </>
        )}
      </Stack>
    </Section>
  );
}
