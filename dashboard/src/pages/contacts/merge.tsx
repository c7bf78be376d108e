import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { tellDone } from '@/parts/told';
import { phone } from '@/words/phone';
import { type Contact, nameOf } from './changes';
import classes from './contacts.module.css';
import { mergedOf } from './merged';

interface MergeProps {
  contact: Contact;
  opened: boolean;
  close: () => void;
}

/** Makes two contacts one, after showing what will be. */
export function MergeWith({ contact, opened, close }: MergeProps) {
  const { t } = useTranslation('contacts');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [other, setOther] = useState<Contact | null>(null);
  useEffect(() => {
    if (opened) setOther(null);
  }, [opened]);
  const merge = $api.useMutation('post', '/api/contacts/{contact_id}/merge', {
    onSuccess: async (survivor) => {
      close();
      tellDone(t('Merged. It can be undone on the contact’s page.'));
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/contacts'),
      });
      await navigate({ to: '/contacts/$contactId', params: { contactId: survivor.id }, replace: true });
    },
  });
  return (
    <Dialog opened={opened} close={close} size="lg" title={t('Merge with another contact')}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t(
            'Two entries of one person become one. Conversations and the timeline come together; consent stays with each number.',
          )}
        </Text>
        {opened && <FindContact not={contact.id} choose={setOther} />}
        {other && <Preview one={contact} two={other} />}
        {merge.error && (
          <Text c="red" size="sm" role="alert">
            {asProblem(merge.error).detail}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t('Cancel')}
          </Button>
          <Button
            disabled={!other}
            loading={merge.isPending}
            onClick={() =>
              other &&
              merge.mutate({ params: { path: { contact_id: contact.id } }, body: { other_id: other.id } })
            }
          >
            {t('Merge')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function FindContact({ not, choose }: { not: string; choose: (contact: Contact | null) => void }) {
  const { t } = useTranslation('contacts');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const found = $api.useQuery(
    'get',
    '/api/contacts',
    { params: { query: { q: q || undefined, limit: 20 } } },
    { placeholderData: (before) => before },
  );
  const others = (found.data?.items ?? []).filter((contact) => contact.id !== not);
  return (
    <Select
      label={t('The other contact')}
      placeholder={t('Name, company, number, e-mail or field')}
      searchable
      clearable
      data-autofocus
      data={others.map((contact) => ({
        value: contact.id,
        label: [nameOf(contact), phone(contact.phone_number ?? '')]
          .filter((text, n, all) => text && all.indexOf(text) === n)
          .join(' · '),
      }))}
      // The server has searched; nothing is filtered here.
      filter={({ options }) => options}
      nothingFoundMessage={t('Nobody fits')}
      onSearchChange={setTyped}
      onChange={(id) => choose(others.find((contact) => contact.id === id) ?? null)}
    />
  );
}

function Preview({ one, two }: { one: Contact; two: Contact }) {
  const { t } = useTranslation('contacts');
  const merged = mergedOf(one, two);
  const names: Record<string, string> = { name: t('Name'), company: t('Company'), timezone: t('Time zone') };
  const rows: [string, string][] = [
    [t('Name'), merged.name ?? ''],
    [t('Company'), merged.company ?? ''],
    [t('Phone numbers'), merged.numbers.join(', ')],
    [t('E-mail addresses'), merged.emails.join(', ')],
    [t('Ids in other systems'), merged.ids.map(([system, id]) => `${system}: ${id}`).join(', ')],
    [t('Time zone'), merged.timezone ?? ''],
    [t('Own fields'), merged.fields.map(([name, value]) => `${name}: ${value}`).join(', ')],
    [t('Labels'), merged.labels.join(', ')],
  ];
  return (
    <section aria-label={t('What will be')}>
      <Text component="h3" size="sm" fw={600} mb={6}>
        {t('What will be')}
      </Text>
      <dl className={classes.preview}>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </Fragment>
          ))}
      </dl>
      {merged.conflicts.length > 0 && (
        <Alert color="gray" variant="light" mt="xs" title={t('Set aside; an undo gives it back')}>
          {merged.conflicts.map(({ what, kept, left }) => (
            <Text size="sm" key={what}>
              {t('{{what}}: “{{kept}}” stays, “{{left}}” is set aside', {
                what: names[what] ?? what,
                kept,
                left,
              })}
            </Text>
          ))}
        </Alert>
      )}
    </section>
  );
}
