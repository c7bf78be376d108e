import { Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Confirm } from '@/parts/confirm';
import { Moment } from '@/parts/moment';
import { Section } from '@/parts/section';
import { tellDone, tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import type { Contact } from './changes';

type Merge = Schemas['MergeOut'];

/** Contacts that were merged into this one; each merge can be undone. */
export function Merges({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const queries = useQueryClient();
  const mayWork = useMay('agent');
  const [asked, setAsked] = useState<Merge | null>(null);
  const undo = $api.useMutation('post', '/api/contacts/{contact_id}/unmerge', {
    onError: tellFailed,
    onSuccess: async ({ restored }) => {
      tellDone(
        t('{{name}} is a contact of its own again.', { name: restored.name ?? restored.phone_number ?? '' }),
      );
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/contacts'),
      });
    },
    onSettled: () => setAsked(null),
  });
  if (contact.merges.length === 0) return null;
  const names: Record<string, string> = { name: t('Name'), company: t('Company'), timezone: t('Time zone') };
  return (
    <Section title={t('Merged into this contact')}>
      {contact.merges.map((merge) => (
        <Group key={merge.merge_id} justify="space-between" align="flex-start" wrap="nowrap" mb={6}>
          <Text size="sm" component="div">
            <Moment at={merge.at} long />
            {merge.conflicts.map(({ what, kept, left }) => (
              <Text size="xs" c="dimmed" key={what}>
                {t('{{what}}: “{{kept}}” stays, “{{left}}” is set aside', {
                  what: names[what] ?? what,
                  kept,
                  left,
                })}
              </Text>
            ))}
          </Text>
          {mayWork && (
            <Button variant="subtle" size="compact-xs" onClick={() => setAsked(merge)}>
              {t('Undo')}
            </Button>
          )}
        </Group>
      ))}
      <Confirm
        opened={asked !== null}
        title={t('Undo this merge?')}
        deed={t('Undo the merge')}
        busy={undo.isPending}
        close={() => setAsked(null)}
        act={() =>
          asked &&
          undo.mutate({ params: { path: { contact_id: contact.id } }, body: { merge_id: asked.merge_id } })
        }
      >
        <Text size="sm">
          {t(
            'The other contact gets its numbers, names, fields and conversations back, texts since the merge included. What was added to this contact since stays here.',
          )}
        </Text>
      </Confirm>
    </Section>
  );
}
