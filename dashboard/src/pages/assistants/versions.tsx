import { Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { isOf } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { useNames } from '@/parts/names';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { tellDone, tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import classes from './assistants.module.css';
import { type Difference, differencesOf, type Field } from './differences';
import { useDraftVersion, withDraft } from './draft-version';
import type { Assistant } from './one';
import { Pieces } from './pieces';

type Version = Schemas['ai_responder__assistants__api__schemas__VersionOut'];

/** What fields of a version are called. */
export function useFieldNames(): (field: string) => string {
  const { t } = useTranslation('assistants');
  const names: Record<Field, string> = {
    name: t('Name'),
    prompt: t('Role and style'),
    knowledge: t('Facts it always has'),
    model: t('Model'),
    temperature: t('Temperature'),
    max_output_tokens: t('Longest answer in tokens'),
    grounding_set: t('Answers without a source'),
    tools: t('What it may do'),
    pictures: t('Pictures'),
    business_hours: t('Hours'),
    outside_hours: t('Outside the hours'),
  };
  return (field) => names[(field === 'grounding' ? 'grounding_set' : field) as Field] ?? field;
}

export function DifferenceList({ differences }: { differences: Difference[] }) {
  const { t } = useTranslation('assistants');
  const nameOf = useFieldNames();
  if (differences.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('They say the same.')}
      </Text>
    );
  return differences.map(({ field, pieces }) => (
    <div key={field}>
      <Text component="h3" size="sm" fw={600}>
        {nameOf(field)}
      </Text>
      <div className={classes.difference} dir="auto">
        <Pieces pieces={pieces} />
      </div>
    </div>
  ));
}

/** Every published version and the draft: who changed what, when it was live, and in what two of them differ. */
export function Versions({ assistant, publish }: { assistant: Assistant; publish: () => void }) {
  const { t } = useTranslation('assistants');
  const list = $api.useInfiniteQuery(
    'get',
    '/api/assistants/{assistant_id}/versions',
    { params: { path: { assistant_id: assistant.id }, query: { limit: 50 } } },
    byCursor,
  );
  const draft = useDraftVersion(assistant);
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const versions = withDraft(draft, itemsOf(list.data));
  return (
    <div className={classes.two}>
      <Section title={t('Versions')}>
        <Stack gap="md">
          {versions.map((version) => (
            <One key={version.version} version={version} assistant={assistant} publish={publish} />
          ))}
        </Stack>
        <More of={list} />
      </Section>
      <Compare versions={versions} />
    </div>
  );
}

interface OneProps {
  version: Version;
  assistant: Assistant;
  publish: () => void;
}

function One({ version, assistant, publish }: OneProps) {
  const { t } = useTranslation('assistants');
  const isAdmin = useMay('admin');
  const nameOf = useNames();
  const fieldOf = useFieldNames();
  const states = { draft: t('draft'), live: t('live'), past: t('earlier') };
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs">
          <Text fw={600} size="sm">
            {t('Version {{version}}', { version: version.version })}
          </Text>
          <Badge size="sm" tt="none" variant="light" color={version.state === 'live' ? 'green' : 'gray'}>
            {states[version.state]}
          </Badge>
        </Group>
        {isAdmin && version.state === 'draft' && (
          <Button size="compact-xs" onClick={publish}>
            {t('Publish …')}
          </Button>
        )}
        {isAdmin && version.state === 'past' && <RollBack version={version.version} assistant={assistant} />}
      </Group>
      {[...version.went_live].reverse().map((live) => (
        <Text key={live.at} size="sm">
          {live.rolled_back
            ? t('{{who}} made it live again', { who: nameOf(live.by) })
            : t('{{who}} made it live', { who: nameOf(live.by) })}{' '}
          <span className={rowStyles.quiet}>
            <Moment at={live.at} long />
          </span>
          {live.note && <span dir="auto">: “{live.note}”</span>}
        </Text>
      ))}
      {[...version.edits].reverse().map((edit) => (
        <Text key={`${edit.at} ${edit.by}`} size="xs" c="dimmed">
          {t('{{who}} changed {{fields}}', {
            who: nameOf(edit.by),
            fields: edit.fields.map(fieldOf).join(', '),
          })}{' '}
          <Moment at={edit.at} long />
        </Text>
      ))}
    </div>
  );
}

function RollBack({ version, assistant }: { version: number; assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const back = $api.useMutation('post', '/api/assistants/{assistant_id}/rollback', {
    onError: tellFailed,
    onSuccess: () => tellDone(t('Version {{version}} is live.', { version })),
    onSettled: async () => {
      setAsking(false);
      // After a refusal too: somebody changed it, and the next try names the revision that is shown.
      await queries.invalidateQueries({ predicate: isOf(['/api/assistants']) });
    },
  });
  return (
    <>
      <Button variant="default" size="compact-xs" onClick={() => setAsking(true)}>
        {t('Make live again')}
      </Button>
      <Confirm
        opened={isAsking}
        title={t('Make version {{version}} live again?', { version })}
        deed={t('Make live again')}
        busy={back.isPending}
        close={() => setAsking(false)}
        act={() =>
          back.mutate({
            params: { path: { assistant_id: assistant.id } },
            body: { version, note: '', revision: assistant.revision },
          })
        }
      >
        <Text size="sm">
          {t('Version {{live}} stops answering from the next text on. The draft stays as it is.', {
            live: assistant.live_version,
          })}
        </Text>
      </Confirm>
    </>
  );
}

function Compare({ versions }: { versions: Version[] }) {
  const { t } = useTranslation('assistants');
  const newest = versions[0]?.version;
  const live = versions.find(({ state }) => state === 'live')?.version;
  const [after, setAfter] = useState(String(newest ?? ''));
  const [before, setBefore] = useState(String((newest === live ? versions[1]?.version : live) ?? ''));
  const find = (version: string) => versions.find((each) => String(each.version) === version);
  const [from, to] = [find(before), find(after)];
  const data = versions.map(({ version }) => ({
    value: String(version),
    label: t('Version {{version}}', { version }),
  }));
  return (
    <Section title={t('Differences')}>
      <Group grow mb="md">
        <Select
          label={t('From')}
          data={data}
          value={before}
          onChange={(value) => setBefore(value ?? '')}
          allowDeselect={false}
        />
        <Select
          label={t('To')}
          data={data}
          value={after}
          onChange={(value) => setAfter(value ?? '')}
          allowDeselect={false}
        />
      </Group>
      {from && to ? (
        <DifferenceList differences={differencesOf(from, to)} />
      ) : (
        <Text size="sm" c="dimmed">
          {t('There is one version so far.')}
        </Text>
      )}
    </Section>
  );
}
