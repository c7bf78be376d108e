import {
  Badge,
  Button,
  Modal,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus, Workflow as WorkflowIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useCommands } from '@/app/commands';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Page } from '@/parts/page';
import { Empty, Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import { useLiveWorkflows } from './live';
import { type Template, templatesIn } from './templates';
import { stateName, triggerName, type Workflow } from './words';
import classes from './workflows.module.css';

type Listed = Schemas['WorkflowOut'];
const STATES = ['draft', 'active', 'archived'] as const;

export default function Workflows() {
  const { t } = useTranslation('workflows');
  const isAdmin = useMay('admin');
  const [state, setState] = useState<Workflow['state'] | ''>('');
  const [isMaking, setMaking] = useState(false);
  useLiveWorkflows();
  useCommands(
    isAdmin ? [{ id: 'workflows.new', label: t('New workflow'), keys: 'c', run: () => setMaking(true) }] : [],
  );
  const found = $api.useInfiniteQuery(
    'get',
    '/api/workflows',
    { params: { query: { limit: 50, ...(state && { state }) } } },
    byCursor,
  );
  const workflows = itemsOf(found.data).filter((one) => !state || one.state === state);
  const make = isAdmin && (
    <Button leftSection={<Plus size={14} />} onClick={() => setMaking(true)}>
      {t('New workflow')}
    </Button>
  );
  return (
    <Page
      wide
      title={t('Workflows')}
      about={t(
        'What happens with one person after a text: waits, questions, conditions, over minutes or weeks.',
      )}
      actions={make}
    >
      {(state || workflows.length > 0) && (
        <SegmentedControl
          size="xs"
          mb="md"
          aria-label={t('Show workflows')}
          value={state}
          onChange={(wanted) => setState(wanted as Workflow['state'] | '')}
          data={[
            { value: '', label: t('All') },
            ...STATES.map((one) => ({ value: one, label: stateName(t)[one] })),
          ]}
        />
      )}
      {found.error && !found.data && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isLoading && <Loading rows={4} height={48} />}
      {found.data && workflows.length === 0 && !found.hasNextPage && (
        <Empty
          icon={<WorkflowIcon size={28} aria-hidden />}
          title={t('No workflow here')}
          action={state ? undefined : make}
        >
          {state
            ? t('Choose another state above.')
            : t(
                'Draw what happens after a text: ask, wait for the answer, decide, remind, hand over. Try it without sending before it is active.',
              )}
        </Empty>
      )}
      {workflows.length > 0 && <List workflows={workflows} />}
      <More of={found} />
      {isMaking && <Making close={() => setMaking(false)} />}
    </Page>
  );
}

function List({ workflows }: { workflows: Listed[] }) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Workflow')}</Table.Th>
            <Table.Th>{t('State')}</Table.Th>
            <Table.Th>{t('Starts')}</Table.Th>
            <Table.Th ta="right">{t('Under way')}</Table.Th>
            <Table.Th ta="right">{t('Finished')}</Table.Th>
            <Table.Th>{t('Changed')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workflows.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <Link to="/workflows/$workflowId" params={{ workflowId: one.id }} className={classes.name}>
                  {one.name}
                </Link>
                <Text size="xs" c="dimmed">
                  {t('version {{version}}', { version: one.version })}
                  {one.problems.length > 0 && ` · ${t('{{count}} problems', { count: one.problems.length })}`}
                </Text>
              </Table.Td>
              <Table.Td>
                <StateBadge state={one.state} />
              </Table.Td>
              <Table.Td>
                {one.trigger ? triggerName(t)[one.trigger.type] : '–'}
                {one.trigger && one.trigger.keywords.length > 0 && (
                  <Text size="xs" c="dimmed">
                    {one.trigger.keywords.join(', ')}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="right">
                {format.number((one.counts.waiting ?? 0) + (one.counts.running ?? 0))}
              </Table.Td>
              <Table.Td ta="right">{format.number(one.counts.finished ?? 0)}</Table.Td>
              <Table.Td>
                <Moment at={one.updated_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function StateBadge({ state }: { state: Workflow['state'] }) {
  const { t } = useTranslation('workflows');
  return (
    <Badge variant="default" miw="max-content" className={classes.state} data-state={state}>
      {stateName(t)[state]}
    </Badge>
  );
}

function Making({ close }: { close: () => void }) {
  const { t } = useTranslation('workflows');
  const navigate = useNavigate();
  const templates = templatesIn(t);
  const [name, setName] = useState('');
  const [isBusy, setBusy] = useState(false);
  const make = async (template: Template) => {
    setBusy(true);
    try {
      const { data } = await api.POST('/api/workflows', {
        body: { name: name.trim() || template.name, definition: template.definition as never },
      });
      if (data) await navigate({ to: '/workflows/$workflowId', params: { workflowId: data.id } });
    } catch (error) {
      tellFailed(error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} title={t('New workflow')} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Stack gap="sm">
        <TextInput
          label={t('Name')}
          data-autofocus
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Text size="sm" fw={500} id="begin-with">
          {t('Begin with')}
        </Text>
        <Stack gap="xs" role="group" aria-labelledby="begin-with">
          {templates.map((template) => (
            <UnstyledButton
              key={template.id}
              className={classes.template}
              disabled={isBusy}
              onClick={() => void make(template)}
            >
              <Text fw={600} size="sm">
                {template.name}
              </Text>
              <Text size="xs" c="dimmed">
                {template.about}
              </Text>
            </UnstyledButton>
          ))}
        </Stack>
      </Stack>
    </Modal>
  );
}
