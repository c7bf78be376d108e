import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { isOf } from '@/parts/act';
import { Dialog } from '@/parts/dialog';
import rowStyles from '@/parts/rows.module.css';
import { Loading } from '@/parts/states';
import { tellDone } from '@/parts/told';
import { differencesOf } from './differences';
import type { Assistant } from './one';
import { DifferenceList } from './versions';

interface PublishProps {
  assistant: Assistant;
  opened: boolean;
  close: () => void;
}

/** Makes the draft live, after showing what changes for customers. */
export function Publish({ assistant, opened, close }: PublishProps) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const live = $api.useQuery(
    'get',
    '/api/assistants/{assistant_id}/versions/{version}',
    { params: { path: { assistant_id: assistant.id, version: assistant.live_version } } },
    { enabled: opened },
  );
  const publish = $api.useMutation('post', '/api/assistants/{assistant_id}/publish', {
    onSuccess: (published) => {
      setNote('');
      close();
      tellDone(t('Version {{version}} is live.', { version: published.live_version }));
    },
    // After a refusal too: somebody changed it, and the differences shown are not all any more.
    onSettled: () => queries.invalidateQueries({ predicate: isOf(['/api/assistants']) }),
  });
  const problem = publish.error && asProblem(publish.error);
  return (
    <Dialog
      opened={opened}
      close={close}
      size="xl"
      title={t('Publish version {{version}}', { version: assistant.draft_version ?? '' })}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t(
            'From the next text on customers are answered by it. An earlier version can be made live again at any time.',
          )}
        </Text>
        {live.data ? (
          <DifferenceList differences={differencesOf(live.data, assistant)} />
        ) : (
          <Loading rows={3} />
        )}
        <Textarea
          label={t('Note for your colleagues')}
          placeholder={t('What changed, and why')}
          maxLength={500}
          autosize
          minRows={2}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {problem && (
          <Text c="var(--danger)" size="sm" role="alert">
            {problem.detail}{' '}
            {problem.code === 'gate_not_passed' && (
              <Link
                className={rowStyles.link}
                to="/assistants/$assistantId"
                params={{ assistantId: assistant.id }}
                search={{ tab: 'replays' }}
                onClick={close}
              >
                {t('To the replays')}
              </Link>
            )}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t('Cancel')}
          </Button>
          <Button
            loading={publish.isPending}
            onClick={() =>
              publish.mutate({
                params: { path: { assistant_id: assistant.id } },
                body: { note, revision: assistant.revision },
              })
            }
          >
            {t('Publish')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
