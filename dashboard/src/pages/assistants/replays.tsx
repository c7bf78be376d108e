import { Badge, Box, Button, Group, Progress, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { History, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import rowStyles from '@/parts/rows.module.css';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import { Gate } from './gate';
import type { Assistant } from './one';
import { StartReplay } from './replay_form';
import { Report } from './replay_report';

export type Replay = Schemas['ReplaySummaryOut'];
const WHILE_RUNNING_MS = 2000;

interface ReplaysProps {
  assistant: Assistant;
  /** The replay whose report is shown; else the list. */
  shown: string | undefined;
}

/** Past texts answered once more by another version: how it would have done. Nothing is sent. */
export default function Replays({ assistant, shown }: ReplaysProps) {
  if (shown) return <Report assistantId={assistant.id} replayId={shown} />;
  return <List assistant={assistant} />;
}

export const isRunning = ({ state }: { state: Replay['state'] }) =>
  state === 'collecting' || state === 'running';

function List({ assistant }: { assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  const isAdmin = useMay('admin');
  const [isNew, setNew] = useState(false);
  const list = $api.useInfiniteQuery(
    'get',
    '/api/assistants/{assistant_id}/replays',
    { params: { path: { assistant_id: assistant.id }, query: { limit: 20 } } },
    {
      ...byCursor,
      refetchInterval: (query) =>
        (itemsOf(query.state.data as never) as Replay[]).some(isRunning) ? WHILE_RUNNING_MS : false,
    },
  );
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const replays: Replay[] = itemsOf(list.data);
  const start = isAdmin && (
    <Button leftSection={<Plus size={14} />} onClick={() => setNew(true)}>
      {t('New replay')}
    </Button>
  );
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed" maw={620}>
          {t(
            'Past texts are answered once more by another version, side by side with what is live. Nothing is sent.',
          )}
        </Text>
        {replays.length > 0 && start}
      </Group>
      {replays.length === 0 ? (
        <Empty title={t('No replays yet')} icon={<History size={28} aria-hidden />} action={start}>
          {t('Before you publish a draft, see how it would have answered last week’s texts.')}
        </Empty>
      ) : (
        <Table aria-label={t('Replays')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('Replay')}</Table.Th>
              <Table.Th>{t('State')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('Turns')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('Started')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {replays.map((replay) => (
              <Table.Tr key={replay.id} className={rowStyles.row}>
                <Table.Td>
                  <Link
                    className={rowStyles.name}
                    to="/assistants/$assistantId"
                    params={{ assistantId: assistant.id }}
                    search={{ tab: 'replays', replay: replay.id }}
                  >
                    {t('Version {{version}} beside version {{against}}', {
                      version: replay.version,
                      against: replay.against,
                    })}
                  </Link>
                </Table.Td>
                <Table.Td>
                  <ReplayState replay={replay} />
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  {t('{{done}} of {{count}}', { done: replay.done, count: replay.cases })}
                </Table.Td>
                <Table.Td visibleFrom="sm" className={rowStyles.quiet}>
                  <Moment at={replay.created_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More of={list} />
      <Box mt="lg" maw={860}>
        <Gate assistant={assistant} />
      </Box>
      <StartReplay assistant={assistant} opened={isNew} close={() => setNew(false)} />
    </>
  );
}

export function ReplayState({ replay }: { replay: Replay }) {
  const { t } = useTranslation('assistants');
  if (isRunning(replay))
    return (
      <Group gap="xs" wrap="nowrap">
        <Progress
          w={120}
          value={replay.cases ? (100 * replay.done) / replay.cases : 0}
          aria-label={t('Progress of the replay')}
        />
        <span className={rowStyles.quiet}>
          {replay.state === 'collecting' ? t('looking for texts') : t('running')}
        </span>
      </Group>
    );
  const says = { done: t('done'), cancelled: t('cancelled'), failed: t('failed') }[
    replay.state as 'done' | 'cancelled' | 'failed'
  ];
  return (
    <>
      <Badge size="sm" tt="none" variant="light" color={replay.state === 'done' ? 'green' : 'red'}>
        {says}
      </Badge>
      {replay.reason && (
        <Text size="xs" c="dimmed">
          {replay.reason}
        </Text>
      )}
    </>
  );
}
