import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';

/** A new assistant. Its first version is live, but it answers nothing before a route, a guide or a person names it. */
export function CreateAssistant({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [prompt, setPrompt] = useState('');
  const create = $api.useMutation('post', '/api/assistants', {
    onSuccess: async (made) => {
      close();
      await queries.invalidateQueries({ queryKey: ['get', '/api/assistants'] });
      await navigate({ to: '/assistants/$assistantId', params: { assistantId: made.id }, search: {} });
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={t('New assistant')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ body: { name, prompt } as never });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('Name')}
            description={t('Shown to your own people only.')}
            required
            withAsterisk={false}
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label={t('Role and style')}
            description={t(
              'Who it speaks for, and how. Put no secrets here: a model can be tricked into revealing them.',
            )}
            required
            withAsterisk={false}
            autosize
            minRows={5}
            maxRows={14}
            maxLength={20000}
            value={prompt}
            onChange={(event) => setPrompt(event.currentTarget.value)}
          />
          <Text size="xs" c="dimmed">
            {t('It answers once a route, a guide or a conversation names it.')}
          </Text>
          {create.error && (
            <Text c="red" size="sm" role="alert">
              {asProblem(create.error).detail}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t('Cancel')}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!name.trim() || !prompt.trim()}>
              {t('Create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
