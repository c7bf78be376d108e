import { Alert, List, Progress, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Confirm } from '@/parts/confirm';
import { tellFailed } from '@/parts/told';
import { type Contact, nameOf } from './changes';

interface EraseProps {
  contact: Contact;
  opened: boolean;
  close: () => void;
}

/** Forgets a person everywhere. It says before what goes and what stays. */
export function Erase({ contact, opened, close }: EraseProps) {
  const { t } = useTranslation('contacts');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const erase = $api.useMutation('delete', '/api/contacts/{contact_id}', {
    onError: tellFailed,
    onSuccess: async (erasure) => {
      close();
      await navigate({ to: '/contacts', search: { erasure: erasure.id } });
      await queries.invalidateQueries({ queryKey: ['get', '/api/contacts'] });
    },
  });
  return (
    <Confirm
      opened={opened}
      close={close}
      danger
      busy={erase.isPending}
      title={t('Erase this person')}
      deed={t('Erase for ever')}
      typed={nameOf(contact)}
      act={() => erase.mutate({ params: { path: { contact_id: contact.id } } })}
    >
      <Text size="sm" mb="xs">
        {t('This cannot be undone. In every service these are deleted:')}
      </Text>
      <List size="sm" mb="xs">
        <List.Item>{t('names, numbers, addresses, fields and labels')}</List.Item>
        <List.Item>{t('texts, pictures, notes, drafts and the timeline')}</List.Item>
        <List.Item>{t('rows of campaigns, runs of workflows, and what the assistant was shown')}</List.Item>
      </List>
      <Text size="sm" mb="xs">
        {t('What stays, because the law and the promise need it:')}
      </Text>
      <List size="sm">
        <List.Item>{t('a keyed hash of the number, so that a STOP outlives it')}</List.Item>
        <List.Item>{t('amounts of the bill, without words and without the number')}</List.Item>
      </List>
    </Confirm>
  );
}

const EVERY_MS = 1500;

/** How far an erasure has come, service by service. */
export function ErasureProgress({ id }: { id: string }) {
  const { t } = useTranslation('contacts');
  const read = $api.useQuery(
    'get',
    '/api/contacts/erasures/{erasure_id}',
    { params: { path: { erasure_id: id } } },
    { refetchInterval: (query) => (query.state.data?.state === 'done' ? false : EVERY_MS) },
  );
  if (!read.data) return null;
  const { services, state } = read.data;
  const done = services.filter((service) => service.done_at).length;
  const waiting = services.filter((service) => !service.done_at).map(({ service }) => service);
  const isDone = state === 'done';
  return (
    <Alert
      mb="md"
      variant="light"
      color={isDone ? 'green' : 'gray'}
      role="status"
      title={isDone ? t('The person is erased everywhere') : t('The person is being erased')}
    >
      {isDone ? (
        <Text size="sm">{t('All {{count}} services have confirmed it.', { count: services.length })}</Text>
      ) : (
        <>
          <Progress
            value={(100 * done) / Math.max(1, services.length)}
            aria-label={t('Progress of the erasure')}
            mb={6}
          />
          <Text size="sm">
            {t('{{done}} of {{count}} services have confirmed. Waiting for: {{waiting}}.', {
              done,
              count: services.length,
              waiting: waiting.join(', '),
            })}
          </Text>
        </>
      )}
    </Alert>
  );
}
