import { Alert, Select, Stack, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { RepeatKey } from '@/api/repeat';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { useMe } from '@/session/me';
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
    <Dialog opened={opened} close={close} title={t('Start a conversation')}>
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
          <FormFoot
            deed={t('Send')}
            busy={start.isPending}
            disabled={!text.trim() || isOut || !to}
            problem={start.error ? asProblem(start.error).detail : undefined}
            cancel={close}
          />
        </Stack>
      </form>
    </Dialog>
  );
}

/** Which of our numbers sends, where there are several. */
function OurNumber({ value, choose }: { value: string | null; choose: (number: string | null) => void }) {
  const { t } = useTranslation('contacts');
  const { tenant_id } = useMe();
  const numbers = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/numbers', {
    params: { path: { tenant_id } },
  });
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
