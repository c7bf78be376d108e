import { Badge, Group, MultiSelect, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Section } from '@/parts/section';
import { tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import type { Contact } from './changes';

export function LabelBadges({ labels }: { labels: string[] }) {
  if (labels.length === 0) return null;
  return (
    <Group gap={4}>
      {labels.map((label) => (
        <Badge key={label} size="sm" variant="default" tt="none" fw={500}>
          {label}
        </Badge>
      ))}
    </Group>
  );
}

/** The labels of a contact. Choosing saves at once. */
export function Labels({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const queries = useQueryClient();
  const mayWork = useMay('agent');
  const known = $api.useQuery('get', '/api/labels', {}, { enabled: mayWork });
  const change = $api.useMutation('patch', '/api/contacts/{contact_id}', {
    onError: tellFailed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', '/api/contacts/{contact_id}'] }),
  });
  const chosen = change.isPending ? (change.variables.body.labels ?? []) : contact.labels;
  const names = [...new Set([...(known.data?.items.map((label) => label.name) ?? []), ...contact.labels])];
  return (
    <Section title={t('Labels')}>
      {mayWork ? (
        <MultiSelect
          aria-label={t('Labels')}
          placeholder={chosen.length ? undefined : t('Add a label')}
          data={names}
          value={chosen}
          onChange={(labels) =>
            change.mutate({ params: { path: { contact_id: contact.id } }, body: { labels } })
          }
          searchable
          nothingFoundMessage={t('No such label. Admins make labels in the settings.')}
        />
      ) : (
        <>
          <LabelBadges labels={contact.labels} />
          {contact.labels.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('None')}
            </Text>
          )}
        </>
      )}
    </Section>
  );
}
