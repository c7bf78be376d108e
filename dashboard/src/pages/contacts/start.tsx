import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { RepeatKey } from '@/api/repeat';
import { useMay, useMe } from '@/session/me';
import { phone } from '@/words/phone';
import type { Contact } from './changes';

interface StartProps {
  contact: Contact;
  opened: boolean;
  close: () => void;
}

/** The first text of a conversation; then the inbox goes on. */
export function StartConversation({ contact, opened, close }: StartProps) {
  const { t } = useTranslation('contacts');
  const navigate = useNavigate();
  const [to, setTo] = useState<string | null>(contact.phone_number);
  const [from, setFrom] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [key] = useState(() => new RepeatKey());
  useEffect(() => setTo(contact.phone_number), [contact.phone_number]);
  const start = $api.useMutation('post', '/api/conversations', {
    onSuccess: async (started) => {
      key.done();
      setText('');
      close();
      await navigate({ to: '/inbox/$conversationId', params: { conversationId: started.id } as never });
    },
  });
  const isOut = Boolean(to && contact.consent[to]?.opted_out);
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('Start a conversation')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { to: to ?? '', from, text };
          if (to) start.mutate({ body, headers: { 'Idempotency-Key': key.of(body) } });
        }}
      >
        <Stack gap="sm">
          {contact.phone_numbers.length > 1 && (
            <Select
              label={t('To')}
              allowDeselect={false}
              data={contact.phone_numbers}
              value={to}
              onChange={setTo}
            />
          )}
          <OurNumber value={from} choose={setFrom} />
          {isOut && (
            <Alert color="red" variant="light">
              {t('This number has opted out. A text would be refused.')}
            </Alert>
          )}
          <Textarea
            label={t('Text')}
            autosize
            minRows={3}
            maxRows={10}
            maxLength={10000}
            data-autofocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {start.error && (
            <Text c="red" size="sm" role="alert">
              {asProblem(start.error).detail}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t('Cancel')}
            </Button>
            <Button type="submit" loading={start.isPending} disabled={!text.trim() || isOut || !to}>
              {t('Send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Which of our numbers sends. Only admins may list them; others need to choose only where the server asks. */
function OurNumber({ value, choose }: { value: string | null; choose: (number: string | null) => void }) {
  const { t } = useTranslation('contacts');
  const { tenant_id } = useMe();
  const isAdmin = useMay('admin');
  const numbers = $api.useQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/numbers',
    { params: { path: { tenant_id } } },
    { enabled: isAdmin },
  );
  const active = (numbers.data?.items ?? []).filter((number) => number.active);
  if (active.length < 2) return null;
  return (
    <Select
      label={t('From')}
      data={active.map(({ phone_number, label }) => ({
        value: phone_number,
        label: [phone(phone_number), label].filter(Boolean).join(' · '),
      }))}
      value={value}
      onChange={choose}
      placeholder={t('Choose one of your numbers')}
    />
  );
}
