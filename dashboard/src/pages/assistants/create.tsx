import { Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';

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
    <Dialog opened={opened} close={close} size="lg" title={t('New assistant')}>
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
          <FormFoot
            deed={t('Create')}
            busy={create.isPending}
            disabled={!name.trim() || !prompt.trim()}
            problem={create.error ? asProblem(create.error).detail : undefined}
            cancel={close}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
