import { Badge, Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { useNames } from '@/parts/names';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';
import { asDefinition, type Definition, walk } from './model/definition';
import type { Workflow } from './words';

type Version = Schemas['campaigns__workflows__definitions__schemas__VersionOut'];

interface VersionsProps {
  workflow: Workflow;
  /** Puts a version into the editor; null where one may not edit. */
  take: ((definition: Definition) => void) | null;
}

export function Versions({ workflow, take }: VersionsProps) {
  const { t } = useTranslation('workflows');
  const found = $api.useInfiniteQuery(
    'get',
    '/api/workflows/{workflow_id}/versions',
    { params: { path: { workflow_id: workflow.id }, query: { limit: 20 } } },
    byCursor,
  );
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <>
      <StackingTable
        label={t('Versions')}
        rows={itemsOf(found.data)}
        keyOf={({ version }) => String(version)}
        columns={[
          { name: t('Version'), of: (version) => <NameOf version={version} live={workflow.live_version} /> },
          { name: t('Saved'), of: (version) => <SavedOf version={version} /> },
          { name: t('Steps'), atEnd: true, of: ({ definition }) => stepsOf(asDefinition(definition)) },
        ]}
        actions={({ version, definition: saved }) => {
          const definition = asDefinition(saved);
          if (!take || !definition || version === workflow.version) return null;
          return (
            <Button size="compact-xs" variant="default" onClick={() => take(definition)}>
              {t('Take into the editor')}
            </Button>
          );
        }}
      />
      <More of={found} />
    </>
  );
}

const stepsOf = (definition: Definition | null) => (definition ? walk(definition).length : '–');

function NameOf({ version, live }: { version: Version; live: number | null }) {
  const { t } = useTranslation('workflows');
  return (
    <div>
      {t('Version')} {version.version}{' '}
      {version.version === live && (
        <Badge size="sm" variant="default" tt="none">
          {t('new runs start with it')}
        </Badge>
      )}
      {version.problems.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('{{count}} problems', { count: version.problems.length })}
        </Text>
      )}
    </div>
  );
}

function SavedOf({ version }: { version: Version }) {
  const nameOf = useNames();
  return (
    <div>
      <Moment at={version.created_at} />
      {version.created_by && (
        <Text size="xs" c="dimmed">
          {nameOf(version.created_by)}
        </Text>
      )}
    </div>
  );
}
