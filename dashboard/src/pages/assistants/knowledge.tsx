import { ActionIcon, Alert, Badge, Button, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { FileText, Library, ListChecks, Plus, Trash2, Type } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Confirm } from '@/parts/confirm';
import { Dialog } from '@/parts/dialog';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import rowStyles from '@/parts/rows.module.css';
import { Empty, Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import classes from './assistants.module.css';
import { AddKnowledge } from './knowledge_form';

type Document = Schemas['KnowledgeOut'];
const WHILE_READING_MS = 1500;
const ICONS: Record<Document['kind'], ReactNode> = {
  text: <Type size={15} aria-hidden />,
  pairs: <ListChecks size={15} aria-hidden />,
  file: <FileText size={15} aria-hidden />,
};

/** What the assistant looks up: texts, questions with answers, and files. */
export function Knowledge({ assistantId }: { assistantId: string }) {
  const { t } = useTranslation('assistants');
  const isAdmin = useMay('admin');
  const [isAdding, setAdding] = useState(false);
  const list = $api.useInfiniteQuery(
    'get',
    '/api/assistants/{assistant_id}/knowledge',
    { params: { path: { assistant_id: assistantId }, query: { limit: 50 } } },
    {
      ...byCursor,
      refetchInterval: (query) =>
        itemsOf(query.state.data as never).some((each) => (each as Document).state === 'reading')
          ? WHILE_READING_MS
          : false,
    },
  );
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const documents: Document[] = itemsOf(list.data);
  const add = isAdmin && (
    <Button leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
      {t('Add knowledge')}
    </Button>
  );
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed" maw={620}>
          {t(
            'The assistant looks up the passages that fit a question. What is added here counts at once, for the live version too.',
          )}
        </Text>
        {documents.length > 0 && add}
      </Group>
      {documents.length === 0 ? (
        <Empty title={t('It knows no documents yet')} icon={<Library size={28} aria-hidden />} action={add}>
          {t('Add a price list, a page of your site, or questions with their answers.')}
        </Empty>
      ) : (
        <Documents documents={documents} assistantId={assistantId} />
      )}
      <More of={list} />
      <AddKnowledge assistantId={assistantId} opened={isAdding} close={() => setAdding(false)} />
    </>
  );
}

function Documents({ documents, assistantId }: { documents: Document[]; assistantId: string }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const isAdmin = useMay('admin');
  const [shown, setShown] = useState<Document | null>(null);
  const [gone, setGone] = useState<Document | null>(null);
  const remove = $api.useMutation('delete', '/api/assistants/{assistant_id}/knowledge/{knowledge_id}', {
    onError: tellFailed,
    onSettled: async () => {
      setGone(null);
      await queries.invalidateQueries({ queryKey: ['get', '/api/assistants/{assistant_id}/knowledge'] });
    },
  });
  return (
    <>
      <Table aria-label={t('Knowledge')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Title')}</Table.Th>
            <Table.Th>{t('State')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Size')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Changed')}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {documents.map((document) => (
            <Table.Tr key={document.id} className={rowStyles.row}>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  {ICONS[document.kind]}
                  <UnstyledButton fz="inherit" className={rowStyles.name} onClick={() => setShown(document)}>
                    {document.title}
                  </UnstyledButton>
                </Group>
              </Table.Td>
              <Table.Td>
                <State document={document} />
              </Table.Td>
              <Table.Td visibleFrom="sm" className={rowStyles.quiet}>
                <Size document={document} />
              </Table.Td>
              <Table.Td visibleFrom="sm" className={rowStyles.quiet}>
                <Moment at={document.updated_at} />
              </Table.Td>
              <Table.Td ta="right" pos="relative">
                {isAdmin && (
                  <ActionIcon
                    aria-label={t('Delete {{title}}', { title: document.title })}
                    onClick={() => setGone(document)}
                  >
                    <Trash2 size={14} />
                  </ActionIcon>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Dialog opened={shown !== null} close={() => setShown(null)} size="lg" title={shown?.title}>
        {shown && <Content assistantId={assistantId} document={shown} />}
      </Dialog>
      <Confirm
        opened={gone !== null}
        danger
        title={t('Delete this knowledge?')}
        deed={t('Delete')}
        busy={remove.isPending}
        close={() => setGone(null)}
        act={() =>
          gone && remove.mutate({ params: { path: { assistant_id: assistantId, knowledge_id: gone.id } } })
        }
      >
        <Text size="sm">
          {t('The assistant forgets “{{title}}” from the next text on, the live version too.', {
            title: gone?.title ?? '',
          })}
        </Text>
      </Confirm>
    </>
  );
}

function State({ document }: { document: Document }) {
  const { t } = useTranslation('assistants');
  const says = { reading: t('is being read …'), ready: t('ready'), failed: t('cannot be read') }[
    document.state
  ];
  const color = { reading: 'gray', ready: 'green', failed: 'red' }[document.state];
  return (
    <div>
      <Badge size="sm" tt="none" variant="light" color={color} role="status">
        {says}
      </Badge>
      {document.error && (
        <Text size="xs" c="red" mt={2}>
          {document.error.detail}
        </Text>
      )}
    </div>
  );
}

function Size({ document }: { document: Document }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  return [
    document.pages && t('{{count}} pages', { count: document.pages }),
    t('{{count}} passages', { count: document.passages }),
    t('{{number}} characters', { number: format.number(document.characters) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

function Content({ assistantId, document }: { assistantId: string; document: Document }) {
  const { t } = useTranslation('assistants');
  const read = $api.useQuery('get', '/api/assistants/{assistant_id}/knowledge/{knowledge_id}', {
    params: { path: { assistant_id: assistantId, knowledge_id: document.id } },
  });
  if (read.isLoadingError) return <Failure error={read.error} retry={() => void read.refetch()} />;
  if (!read.data) return <Loading rows={3} />;
  const { kind, text, pairs, error, file_name } = read.data;
  return (
    <>
      <Text size="xs" c="dimmed" mb="xs">
        {file_name && `${file_name} · `}
        <Size document={read.data} />
      </Text>
      {error && (
        <Alert color="red" variant="light" mb="sm" title={t('cannot be read')}>
          {error.detail}
        </Alert>
      )}
      {kind === 'text' && (
        <div className={classes.text} dir="auto">
          {text}
        </div>
      )}
      {kind === 'pairs' &&
        pairs.map((pair) => (
          <div key={pair.question}>
            <Text size="sm" fw={600} dir="auto">
              {pair.question}
            </Text>
            <Text size="sm" mb="sm" dir="auto">
              {pair.answer}
            </Text>
          </div>
        ))}
      {kind === 'file' && (
        <Text size="sm" c="dimmed">
          {t('The text of a file is kept in passages. Ask in the playground to see which of them fit.')}
        </Text>
      )}
    </>
  );
}
