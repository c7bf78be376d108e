import { Badge, Button, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { BookOpen, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { byCursor, itemsOf, More } from '@/parts/more';
import rowStyles from '@/parts/rows.module.css';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import { EditGuide } from './guide_form';
import { autopilotInWords } from './judged';
import { useAssistantNames } from './names';

export type Guide = Schemas['GuideOut'];

/** What is to be done in which kind of conversation, and whether its answers may go out by themselves. */
export function Guides() {
  const { t } = useTranslation('assistants');
  const isAdmin = useMay('admin');
  const [edited, setEdited] = useState<Guide | 'new' | null>(null);
  const list = $api.useInfiniteQuery('get', '/api/guides', { params: { query: { limit: 50 } } }, byCursor);
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const guides = itemsOf(list.data);
  const add = isAdmin && (
    <Button leftSection={<Plus size={14} />} onClick={() => setEdited('new')}>
      {t('New guide')}
    </Button>
  );
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed" maw={620}>
          {t(
            'One guide applies to an answer: of those with a word that the customer said, the one with the highest priority; else one without keywords.',
          )}
        </Text>
        {guides.length > 0 && add}
      </Group>
      {guides.length === 0 ? (
        <Empty title={t('No guides yet')} icon={<BookOpen size={28} aria-hidden />} action={add}>
          {t(
            'A guide says what is to be done in one kind of conversation: book an appointment, answer about prices.',
          )}
        </Empty>
      ) : (
        <Table aria-label={t('Guides')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('Name')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('Keywords')}</Table.Th>
              <Table.Th>{t('Priority')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('Assistant')}</Table.Th>
              <Table.Th>{t('Autopilot')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {guides.map((guide) => (
              <Row key={guide.id} guide={guide} open={() => setEdited(guide)} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More of={list} />
      <EditGuide edited={edited} close={() => setEdited(null)} />
    </>
  );
}

function Row({ guide, open }: { guide: Guide; open: () => void }) {
  const { t } = useTranslation('assistants');
  const { nameOf } = useAssistantNames();
  return (
    <Table.Tr className={rowStyles.row}>
      <Table.Td>
        <Group gap="xs">
          <UnstyledButton fz="inherit" className={rowStyles.name} onClick={open}>
            {guide.name}
          </UnstyledButton>
          {!guide.active && (
            <Badge size="sm" color="gray" variant="light" tt="none">
              {t('switched off')}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm" className={rowStyles.quiet}>
        {guide.keywords.length ? guide.keywords.join(', ') : t('where no other guide’s keyword was said')}
      </Table.Td>
      <Table.Td>{guide.priority}</Table.Td>
      <Table.Td visibleFrom="sm">
        {guide.assistant_id ? nameOf(guide.assistant_id) : t('as routes say')}
      </Table.Td>
      <Table.Td>
        <AutopilotBadge autopilot={guide.autopilot} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Whether answers under a guide go out by themselves, in a word, with the score behind it. */
export function AutopilotBadge({ autopilot }: { autopilot: Guide['autopilot'] }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  const says = {
    auto: t('as the mode says'),
    suggest: t('a person approves'),
    earned: t('earned'),
    not_earned: t('not earned yet'),
  }[autopilot.state];
  return (
    <Group gap="xs">
      <Badge
        size="sm"
        variant="light"
        tt="none"
        color={autopilot.state === 'earned' ? 'green' : 'gray'}
        title={autopilotInWords(autopilot, t, format)}
      >
        {says}
      </Badge>
      {autopilot.score !== null && (
        <span className={rowStyles.quiet}>
          {t('{{share}} of {{count}}', { share: format.percent(autopilot.score), count: autopilot.n })}
        </span>
      )}
    </Group>
  );
}
