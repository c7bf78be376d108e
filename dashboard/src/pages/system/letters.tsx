import { Button, Code, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Dialog } from '@/parts/dialog';
import { byCursor, itemsOf, More } from '@/parts/more';
import { StackingTable } from '@/parts/stacking-table';
import { Empty, Failure, Loading } from '@/parts/states';
import { useOperatorFormat } from './moments';
import { Unreachable } from './queues';

type State = Schemas['DeadLetterOut']['state'];

/** Events that a service could not handle: read why, mend, replay, or say why not. */
export function DeadLetters() {
  const { t } = useTranslation('system');
  const format = useOperatorFormat();
  const [state, setState] = useState<State>('waiting');
  const [opened, setOpened] = useState<string | null>(null);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/system/dead-letters',
    { params: { query: { state, limit: 50 } } },
    byCursor,
  );
  const letters = itemsOf(found.data);
  return (
    <Stack>
      <Group>
        <SegmentedControl
          size="xs"
          aria-label={t('State')}
          value={state}
          onChange={(value) => setState(value as State)}
          data={[
            { value: 'waiting', label: t('Waiting') },
            { value: 'replayed', label: t('Replayed') },
            { value: 'discarded', label: t('Discarded') },
          ]}
        />
      </Group>
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      <Unreachable services={found.data?.pages[0]?.unreachable ?? []} />
      {found.data && letters.length === 0 && (
        <Empty title={t('No dead letters')} icon={<MailCheck size={28} />}>
          {t('An event that a service cannot handle after several tries is kept here. Nothing is lost.')}
        </Empty>
      )}
      {letters.length > 0 && (
        <StackingTable
          label={t('Dead letters')}
          rows={letters}
          keyOf={(letter) => letter.id}
          columns={[
            { name: t('Event'), of: (letter) => letter.event_type },
            { name: t('When'), of: (letter) => format.dateTime(letter.at) },
            { name: t('Service'), of: (letter) => letter.service },
            { name: t('Reason'), of: (letter) => letter.why || letter.reason, maxWidth: 420 },
          ]}
          actions={(letter) => (
            <Button
              variant="default"
              onClick={() => setOpened(letter.id)}
              aria-label={t('Open {{event}}', { event: letter.event_id })}
            >
              {t('Open')}
            </Button>
          )}
        />
      )}
      <More of={found} />
      <Dialog opened={opened !== null} close={() => setOpened(null)} size="xl" title={t('Dead letter')}>
        {opened && <OneLetter id={opened} done={() => setOpened(null)} />}
      </Dialog>
    </Stack>
  );
}

function OneLetter({ id, done }: { id: string; done: () => void }) {
  const { t } = useTranslation('system');
  const format = useOperatorFormat();
  const { act, isBusy } = useAct();
  const [typed, setTyped] = useState<string | null>(null);
  const [why, setWhy] = useState('');
  const path = { id };
  const found = $api.useQuery('get', '/api/system/dead-letters/{id}', { params: { path } });
  const letter = found.data;
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!letter) return <Loading />;
  const read = indented(letter.body);
  const body = typed ?? read;
  const isChanged = body !== read;
  async function replay() {
    const answer = await act(
      () =>
        api.POST('/api/system/dead-letters/{id}/replay', {
          params: { path },
          body: { body: isChanged ? body : null },
        }),
      t('It is back in its queue'),
    );
    if (answer) done();
  }
  async function discard() {
    if (
      await act(() => api.POST('/api/system/dead-letters/{id}/discard', { params: { path }, body: { why } }))
    )
      done();
  }
  return (
    <Stack gap="sm">
      <Text size="sm">
        <Code>{letter.queue}</Code> · {letter.event_id} · {letter.tenant_id}
      </Text>
      <Text size="sm" c="var(--danger)">
        {letter.reason}
      </Text>
      <Textarea
        label={t('The event')}
        description={t('Correct it if need be, then replay it. It keeps its id, so it acts once.')}
        value={body}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autosize
        minRows={6}
        maxRows={18}
        spellCheck={false}
        ff="monospace"
      />
      {letter.state === 'waiting' && (
        <>
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              {t('Can be replayed until {{time}}', { time: format.dateTime(letter.replayable_until) })}
            </Text>
            <Button onClick={() => void replay()} loading={isBusy}>
              {isChanged ? t('Replay corrected') : t('Replay')}
            </Button>
          </Group>
          <Group align="flex-end">
            <TextInput
              flex={1}
              label={t('Why it need not be handled')}
              value={why}
              maxLength={500}
              onChange={(event) => setWhy(event.currentTarget.value)}
            />
            <Button
              variant="default"
              size="sm"
              disabled={isBusy || !why.trim()}
              onClick={() => void discard()}
            >
              {t('Discard')}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
