import { Badge, Button, Text, UnstyledButton } from '@mantine/core';
import { Hash, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Page } from '@/parts/page';
import { StackingTable } from '@/parts/stacking-table';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import { phone } from '@/words/phone';
import { EditNumber } from './edit';
import { ImportNumbers } from './import';
import { classNames } from './kinds';

export type OurNumber = Schemas['NumberOut'];
type Route = Schemas['RouteOut'];

/** The numbers that customers text. */
export default function Numbers() {
  const { t } = useTranslation('numbers');
  const { tenant_id } = useMe();
  const [edited, setEdited] = useState<string | null>(null);
  const [isImporting, setImporting] = useState(false);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/numbers',
    { params: { path: { tenant_id }, query: { limit: 100 } } },
    byCursor,
  );
  const routes = $api.useQuery('get', '/api/assistants/routes');
  const assistants = $api.useQuery('get', '/api/assistants', { params: { query: { limit: 200 } } });
  const numbers = itemsOf(found.data);
  const nameOf = (number: string) =>
    assistantOf(number, routes.data?.items ?? [], assistants.data?.items ?? [])?.name ?? '';
  const add = (
    <Button leftSection={<Plus size={14} />} onClick={() => setImporting(true)}>
      {t('Add numbers')}
    </Button>
  );
  return (
    <Page
      wide
      title={t('Numbers')}
      about={t('The numbers that customers text, how fast each may send, and which assistant answers there.')}
      actions={numbers.length > 0 && add}
    >
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && numbers.length === 0 && (
        <Empty title={t('No number yet')} icon={<Hash size={28} />} action={add}>
          {t('Take over numbers of your carrier account. Texts to them then arrive in the inbox.')}
        </Empty>
      )}
      {numbers.length > 0 && <NumbersTable numbers={numbers} assistant={nameOf} open={setEdited} />}
      <More of={found} />
      <EditNumber
        number={numbers.find((number) => number.id === edited)}
        routes={routes.data?.items ?? []}
        assistants={assistants.data?.items ?? []}
        close={() => setEdited(null)}
      />
      <ImportNumbers opened={isImporting} close={() => setImporting(false)} />
    </Page>
  );
}

/** The assistant that answers at this number at any hour and to any text. */
export function routeOf(number: string, routes: Route[]): Route | undefined {
  return routes.find((route) => route.number === number && !route.keyword && !route.hours);
}

function assistantOf(number: string, routes: Route[], assistants: Schemas['AssistantOut'][]) {
  const id = routeOf(number, routes)?.assistant_id;
  return assistants.find((assistant) => (id ? assistant.id === id : assistant.is_default));
}

interface TableProps {
  numbers: OurNumber[];
  assistant: (number: string) => string;
  open: (id: string) => void;
}

function NumbersTable({ numbers, assistant, open }: TableProps) {
  const { t } = useTranslation('numbers');
  const format = useFormat();
  const classes = classNames(t);
  return (
    <StackingTable
      label={t('Numbers')}
      rows={numbers}
      keyOf={(number) => number.id}
      columns={[
        { name: t('Number'), of: (number) => <Named number={number} open={open} /> },
        { name: t('Kind'), of: (number) => classes[number.number_class] },
        {
          name: t('Pace'),
          of: (number) => t('{{rate}} per second', { rate: format.number(number.parts_per_second) }),
        },
        {
          name: t('Daily limit'),
          of: (number) => (number.daily_parts === null ? t('none') : format.number(number.daily_parts)),
        },
        { name: t('Sends'), of: (number) => number.capabilities.join(', ').toUpperCase() },
        { name: t('Assistant'), of: (number) => assistant(number.phone_number) },
        { name: t('State'), of: (number) => <StateOf number={number} /> },
      ]}
    />
  );
}

function Named({ number, open }: { number: OurNumber; open: (id: string) => void }) {
  return (
    <UnstyledButton onClick={() => open(number.id)}>
      <Text size="sm" fw={600} td="underline">
        {phone(number.phone_number)}
      </Text>
      <Text size="xs" c="dimmed">
        {number.label}
      </Text>
    </UnstyledButton>
  );
}

function StateOf({ number }: { number: OurNumber }) {
  const { t } = useTranslation('numbers');
  return (
    <Badge variant="light" color={number.active ? 'green' : 'gray'} autoContrast={false} tt="none">
      {number.active ? t('active') : t('paused')}
    </Badge>
  );
}
