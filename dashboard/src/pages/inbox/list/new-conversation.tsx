import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import { RepeatKey } from '@/api/repeat';
import { measure } from '../composer/parts';
import { LISTS } from '../data/queries';

/** A text to a number that has not written yet, or to one that has: it joins their conversation. */
export default function NewConversation({ close }: { close: () => void }) {
  const { t } = useTranslation('inbox');
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [key] = useState(() => new RepeatKey());
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { parts } = measure(text);
  async function send(event: React.FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      const { data } = await api.POST('/api/conversations', {
        body: { to, text } as Schemas['ConversationIn'],
        headers: { 'Idempotency-Key': key.of({ to, text }) },
      });
      void queries.invalidateQueries({ queryKey: LISTS });
      close();
      await navigate({
        to: '/inbox/$conversationId',
        params: { conversationId: (data as { id: string }).id },
      });
    } catch (error) {
      setProblem(asProblem(error).detail);
      setBusy(false);
    }
  }
  return (
    <Modal
      opened
      onClose={close}
      title={t('Write to a number')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <form onSubmit={(event) => void send(event)}>
        <Stack>
          <TextInput
            label={t('Phone number')}
            type="tel"
            required
            data-autofocus
            value={to}
            onChange={(event) => setTo(event.target.value)}
            placeholder="+1 312 555 0123"
          />
          <Textarea
            label={t('Text')}
            required
            rows={4}
            value={text}
            onChange={(event) => setText(event.target.value)}
            description={t('{{count}} parts', { count: parts })}
          />
          {problem && (
            <Text c="red" size="sm" role="alert">
              {problem}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('Cancel')}
            </Button>
            <Button type="submit" loading={isBusy} disabled={!to.trim() || !text.trim()}>
              {t('Send text')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
