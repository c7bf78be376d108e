import { ActionIcon, Button, Group, MultiSelect, Stack, Switch, Text, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Section } from '@/parts/section';
import type { Form } from './draft';

/** What an assistant may do beside answering. */
export function Tools({ form }: { form: Form }) {
  const { t } = useTranslation('assistants');
  const labels = $api.useQuery('get', '/api/labels');
  const chosen = form.values.tools.labels ?? [];
  const names = [...new Set([...(labels.data?.items.map(({ name }) => name) ?? []), ...chosen])];
  return (
    <Section
      title={t('What it may do')}
      about={t(
        'It can always hand over to a person. What is done stands beside the answer; in a draft it waits for the approval.',
      )}
    >
      <Stack gap="sm">
        <Switch
          label={t('Close the conversation once its answer is sent')}
          {...form.getInputProps('tools.close', { type: 'checkbox' })}
        />
        <Switch
          label={t('Send one text later, unless somebody writes before')}
          {...form.getInputProps('tools.follow_up', { type: 'checkbox' })}
        />
        <MultiSelect
          label={t('Put these labels on a conversation')}
          data={names}
          searchable
          {...form.getInputProps('tools.labels')}
        />
        <Fields form={form} />
      </Stack>
    </Section>
  );
}

function Fields({ form }: { form: Form }) {
  const { t } = useTranslation('assistants');
  const fields = form.values.tools.fields ?? [];
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {t('Fill in these fields of the contact')}
      </Text>
      <Stack gap={6}>
        {fields.map((_, n) => (
          <Group key={`field ${n.toString()}`} gap={6} wrap="nowrap">
            <TextInput
              flex={1}
              maxLength={100}
              placeholder={t('Field')}
              aria-label={t('Field {{n}}', { n: n + 1 })}
              {...form.getInputProps(`tools.fields.${n}.name`)}
            />
            <TextInput
              flex={2}
              maxLength={300}
              placeholder={t('What belongs there')}
              aria-label={t('What belongs in field {{n}}', { n: n + 1 })}
              {...form.getInputProps(`tools.fields.${n}.about`)}
            />
            <ActionIcon
              aria-label={t('Remove field {{n}}', { n: n + 1 })}
              onClick={() => form.removeListItem('tools.fields', n)}
            >
              <X size={14} />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<Plus size={12} />}
            onClick={() => form.setFieldValue('tools.fields', [...fields, { name: '', about: '' }])}
          >
            {t('Add a field')}
          </Button>
        </div>
      </Stack>
    </div>
  );
}
