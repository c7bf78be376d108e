import { Anchor, Badge, Button, Group, Switch, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { byCursor, More } from '@/parts/more';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { WayBack } from '@/parts/way-back';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import classes from './assistants.module.css';
import { wordsBetween } from './differences';
import { Pieces } from './pieces';
import { isRunning, ReplayState } from './replays';

type ReplayOut = Schemas['ReplayOut'];
type Case = Schemas['ReplayCaseOut'];
type Side = Schemas['SideOut'];
const WHILE_RUNNING_MS = 2000;

interface ReportProps {
  assistantId: string;
  replayId: string;
}

/** The report of a replay: the sums of both versions, then each turn side by side. */
export function Report({ assistantId, replayId }: ReportProps) {
  const { t } = useTranslation('assistants');
  const params = {
    path: { assistant_id: assistantId, replay_id: replayId },
    query: { limit: 50, format: 'json' as const },
  };
  const pages = $api.useInfiniteQuery(
    'get',
    '/api/assistants/{assistant_id}/replays/{replay_id}',
    { params },
    {
      ...byCursor,
      getNextPageParam: (page: unknown) => (page as ReplayOut).turns.next_cursor ?? undefined,
      refetchInterval: (query) => {
        const first = (query.state.data as { pages: ReplayOut[] } | undefined)?.pages[0];
        return first && isRunning(first) ? WHILE_RUNNING_MS : false;
      },
    },
  );
  if (pages.isLoadingError) return <Failure error={pages.error} retry={() => void pages.refetch()} />;
  if (!pages.data) return <Loading />;
  const all = pages.data.pages as unknown as ReplayOut[];
  const replay = all[0] as ReplayOut;
  return (
    <div className={classes.stack}>
      <Group justify="space-between">
        <WayBack to="/assistants/$assistantId" params={{ assistantId }} search={{ tab: 'replays' }}>
          {t('All replays')}
        </WayBack>
        <Group gap="xs">
          <ReplayState replay={replay} />
          <Cancel replay={replay} />
          <Button
            component="a"
            variant="default"
            leftSection={<Download size={14} />}
            href={`/api/assistants/${assistantId}/replays/${replayId}?format=csv`}
            download={`replay-${replayId}.csv`}
          >
            CSV
          </Button>
        </Group>
      </Group>
      <Section
        title={t('Version {{version}} beside version {{against}}', {
          version: replay.version,
          against: replay.against,
        })}
        about={t('{{done}} of {{count}} turns. Nothing was sent.', {
          done: replay.done,
          count: replay.cases,
        })}
      >
        <Sides sides={replay.sides} />
      </Section>
      <Turns replay={replay} turns={all.flatMap((page) => page.turns.items)} />
      <More of={pages} />
    </div>
  );
}

function Cancel({ replay }: { replay: ReplayOut }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const isAdmin = useMay('admin');
  const cancel = $api.useMutation('post', '/api/assistants/{assistant_id}/replays/{replay_id}/cancel', {
    onError: tellFailed,
    onSettled: () =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).includes('/replays') }),
  });
  if (!isAdmin || !isRunning(replay)) return null;
  return (
    <Button
      variant="default"
      loading={cancel.isPending}
      onClick={() =>
        cancel.mutate({ params: { path: { assistant_id: replay.assistant_id, replay_id: replay.id } } })
      }
    >
      {t('Cancel the replay')}
    </Button>
  );
}

function Sides({ sides }: { sides: Side[] }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  const share = (value: number | null) => (value === null ? '–' : format.percent(value));
  const rows: [string, (side: Side) => string][] = [
    [t('Answered'), (side) => format.number(side.replies)],
    [t('Likeness to what was sent'), (side) => share(side.likeness)],
    [t('Handed over to a person'), (side) => `${side.hand_overs} (${format.percent(side.hand_over_share)})`],
    [t('Held by a check'), (side) => format.number(side.held)],
    [t('Refused by the model'), (side) => format.number(side.refusals)],
    [t('Failed'), (side) => format.number(side.failures)],
    [t('Rating by the rubric'), (side) => (side.rating === null ? '–' : format.number(side.rating))],
    [t('Tokens'), (side) => format.number(side.tokens.prompt + side.tokens.cached + side.tokens.completion)],
    [
      t('Cost'),
      (side) => (side.cost ? format.money(side.cost.nano / 1e9, side.cost.currency) : t('not priced')),
    ],
  ];
  return (
    <Table aria-label={t('Sums of both versions')} maw={640}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th />
          {sides.map((side) => (
            <Table.Th key={side.version} ta="right">
              {t('Version {{version}}', { version: side.version })}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, of]) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            {sides.map((side) => (
              <Table.Td key={side.version} ta="right">
                {of(side)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const answerOf = (turn: Case, version: number) => turn.answers.find((answer) => answer.version === version);

function Turns({ replay, turns }: { replay: ReplayOut; turns: Case[] }) {
  const { t } = useTranslation('assistants');
  const [isOnly, setOnly] = useState(false);
  const shown = turns.filter(
    (turn) => !isOnly || answerOf(turn, replay.version)?.text !== answerOf(turn, replay.against)?.text,
  );
  return (
    <Section
      title={t('Turn by turn')}
      actions={
        <Switch
          size="xs"
          label={t('Only where the answers differ')}
          checked={isOnly}
          onChange={(event) => setOnly(event.currentTarget.checked)}
        />
      }
    >
      <div className={classes.scroll}>
        <Table aria-label={t('Turn by turn')} miw={720}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="22%">{t('The customer wrote')}</Table.Th>
              <Table.Th w="20%">{t('Was sent')}</Table.Th>
              <Table.Th>{t('Version {{version}}', { version: replay.against })}</Table.Th>
              <Table.Th>{t('Version {{version}}, with what differs', { version: replay.version })}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((turn) => (
              <Turn key={turn.n} turn={turn} replay={replay} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {shown.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('Nothing to show yet.')}
        </Text>
      )}
    </Section>
  );
}

function Turn({ turn, replay }: { turn: Case; replay: ReplayOut }) {
  const { t } = useTranslation('assistants');
  const before = answerOf(turn, replay.against);
  const after = answerOf(turn, replay.version);
  return (
    <Table.Tr className={classes.case}>
      <Table.Td dir="auto">
        {turn.question}
        {turn.conversation_id && (
          <div>
            <Anchor
              component={Link}
              size="xs"
              to="/inbox/$conversationId"
              params={{ conversationId: turn.conversation_id } as never}
            >
              {t('Open conversation')}
            </Anchor>
          </div>
        )}
      </Table.Td>
      <Table.Td dir="auto">{turn.sent || '–'}</Table.Td>
      <Table.Td dir="auto">
        <span className={classes.word}>{before?.text}</span>
        <Marks answer={before} />
      </Table.Td>
      <Table.Td dir="auto">
        <span className={classes.word}>
          <Pieces pieces={wordsBetween(before?.text ?? '', after?.text ?? '')} />
        </span>
        <Marks answer={after} />
      </Table.Td>
    </Table.Tr>
  );
}

function Marks({ answer }: { answer: Schemas['ReplayAnswerOut'] | undefined }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  if (!answer) return null;
  const outcomes = {
    reply: '',
    hand_over: t('handed over'),
    refusal: t('refused'),
    failure: t('failed'),
  };
  return (
    <Group gap={6} mt={4}>
      {outcomes[answer.outcome] && (
        <Badge size="xs" tt="none" color="gray" variant="light" title={answer.reason}>
          {outcomes[answer.outcome]}
        </Badge>
      )}
      {answer.is_held && (
        <Badge size="xs" tt="none" color="red" variant="light" title={answer.guards.join('; ')}>
          {t('held by a check')}
        </Badge>
      )}
      {answer.likeness !== null && (
        <span className={rowStyles.quiet}>
          {t('likeness {{share}}', { share: format.percent(answer.likeness) })}
        </span>
      )}
      {answer.rating !== null && (
        <span className={rowStyles.quiet}>{t('rated {{rating}} of 10', { rating: answer.rating })}</span>
      )}
    </Group>
  );
}
