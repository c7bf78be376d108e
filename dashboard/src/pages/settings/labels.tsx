import { ActionIcon, Button, ColorSwatch, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';

const FIRST_COLOR = '#0f766e';

/** What conversations and contacts are sorted by. */
export function Labels() {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [deleted, setDeleted] = useState<Schemas['LabelOut'] | null>(null);
  const found = $api.useQuery('get', '/api/labels');
  const form = useForm({ initialValues: { name: '', color: FIRST_COLOR } });
  async function add(body: { name: string; color: string }) {
    if (await act(() => api.POST('/api/labels', { body }), t('Saved'))) form.setFieldValue('name', '');
  }
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <Stack maw={560}>
      <Section
        title={t('Labels')}
        about={t('Sort conversations and contacts: appointment, complaint, new customer …')}
      >
        <Stack gap="xs">
          {found.data.items.map((label) => (
            <Group key={label.id} justify="space-between">
              <Group gap="xs">
                <ColorSwatch color={label.color} size={14} withShadow={false} />
                <Text size="sm">{label.name}</Text>
              </Group>
              <ActionIcon
                onClick={() => setDeleted(label)}
                aria-label={t('Delete {{name}}', { name: label.name })}
              >
                <Trash2 size={16} />
              </ActionIcon>
            </Group>
          ))}
          {found.data.items.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('No label yet')}
            </Text>
          )}
          <form onSubmit={form.onSubmit((values) => void add(values))}>
            <Group align="flex-end" gap="xs">
              <TextInput
                label={t('New label')}
                required
                maxLength={100}
                flex={1}
                {...form.getInputProps('name')}
              />
              <TextInput type="color" label={t('Colour')} w={64} {...form.getInputProps('color')} />
              <Button type="submit" size="sm" loading={isBusy}>
                {t('Add')}
              </Button>
            </Group>
          </form>
        </Stack>
      </Section>
      <Confirm
        opened={Boolean(deleted)}
        close={() => setDeleted(null)}
        act={() => {
          const label_id = deleted?.id ?? '';
          setDeleted(null);
          void act(
            () => api.DELETE('/api/labels/{label_id}', { params: { path: { label_id } } }),
            undefined,
            { also: ['/api/contacts', 'inbox'] },
          );
        }}
        title={t('Delete {{name}}', { name: deleted?.name })}
        deed={t('Delete')}
        danger
      >
        <Text size="sm">{t('It disappears from every conversation and contact.')}</Text>
      </Confirm>
    </Stack>
  );
}
