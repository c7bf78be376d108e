import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { useMe } from '@/session/me';

type Mode = 'suggest' | 'auto';

/** The assistant's first prompt, published at once, and whether its answers are sent by themselves. */
export function FirstPrompt({ assistant, isDone }: { assistant: Schemas['AssistantOut']; isDone: boolean }) {
  const { t } = useTranslation('setup');
  const { tenant_id, tenant_name } = useMe();
  const { act, isBusy } = useAct();
  const [mode, setMode] = useState<Mode>('suggest');
  const [prompt, setPrompt] = useState(
    t(
      'You answer text messages for {{name}}. Be friendly and brief: one to three sentences. If you do not know something, say that a colleague gets back to them.',
      { name: tenant_name },
    ),
  );
  async function publish() {
    const path = { assistant_id: assistant.id };
    await act(async () => {
      await api.PATCH('/api/assistants/{assistant_id}', { params: { path }, body: { prompt } });
      await api.POST('/api/assistants/{assistant_id}/publish', {
        params: { path },
        body: { note: t('The first prompt') },
      });
      await api.PATCH('/api/accounts/tenants/{tenant_id}', {
        params: { path: { tenant_id } },
        body: part<Schemas['TenantPatch']>({ ai_mode: mode }),
      });
    });
  }
  if (isDone) return <Text size="sm">{t('Knowledge and more are on the page Assistants.')}</Text>;
  return (
    <Stack gap="sm">
      <Textarea
        label={t('Instructions')}
        value={prompt}
        onChange={(event) => setPrompt(event.currentTarget.value)}
        autosize
        minRows={4}
        maxRows={12}
      />
      <Select
        label={t('Its answers')}
        allowDeselect={false}
        value={mode}
        onChange={(value) => setMode(value as Mode)}
        data={[
          { value: 'suggest', label: t('wait for a person to approve them') },
          { value: 'auto', label: t('are sent by themselves') },
        ]}
      />
      <Group justify="flex-end">
        <Button onClick={() => void publish()} loading={isBusy} disabled={!prompt.trim()}>
          {t('Publish')}
        </Button>
      </Group>
    </Stack>
  );
}
