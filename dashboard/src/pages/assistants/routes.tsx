import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pencil, Plus, Trash2, Waypoints } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Confirm } from '@/parts/confirm';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import rowStyles from '@/parts/rows.module.css';
import { StackingTable } from '@/parts/stacking-table';
import { Empty, Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { HoursField, HoursText } from './hours';
import { useAssistantNames } from './names';

type Route = Schemas['RouteOut'];
type RouteIn = Schemas['RouteIn'];
const KEY = ['get', '/api/assistants/routes'];

/** Which assistant answers which texts: the first route that fits, in this order. */
export function Routes() {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const isAdmin = useMay('admin');
  const { nameOf, standard } = useAssistantNames();
  const [edited, setEdited] = useState<Route | 'new' | null>(null);
  const [gone, setGone] = useState<Route | null>(null);
  const list = $api.useQuery('get', '/api/assistants/routes');
  const remove = $api.useMutation('delete', '/api/assistants/routes/{route_id}', {
    onError: tellFailed,
    onSettled: async () => {
      setGone(null);
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const routes = list.data.items;
  const add = isAdmin && (
    <Button leftSection={<Plus size={14} />} onClick={() => setEdited('new')}>
      {t('New route')}
    </Button>
  );
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed" maw={620}>
          {t(
            'The conversation’s own assistant comes first, then the guide’s, then the first route that fits. Where none fits, the default answers.',
          )}
        </Text>
        {routes.length > 0 && add}
      </Group>
      {routes.length === 0 ? (
        <Empty title={t('No routes yet')} icon={<Waypoints size={28} aria-hidden />} action={add}>
          {t(
            'The default assistant answers every text. A route gives some of them to another: by the number that was texted, a word, or the hour.',
          )}
        </Empty>
      ) : (
        <StackingTable
          label={t('Routes')}
          rows={routes}
          keyOf={(route) => route.id}
          columns={[
            { name: t('Assistant'), of: (route) => nameOf(route.assistant_id) },
            { name: t('Number'), of: (route) => route.number ?? t('any') },
            { name: t('Keyword'), of: (route) => route.keyword ?? t('any') },
            {
              name: t('Hours'),
              of: (route) => (route.hours ? <HoursText hours={route.hours} /> : t('any')),
            },
            { name: t('Priority'), of: (route) => route.priority },
          ]}
          actions={(route) =>
            isAdmin && (
              <Group gap={2} wrap="nowrap" justify="flex-end">
                <ActionIcon aria-label={t('Edit route')} onClick={() => setEdited(route)}>
                  <Pencil size={14} />
                </ActionIcon>
                <ActionIcon aria-label={t('Delete route')} onClick={() => setGone(route)}>
                  <Trash2 size={14} />
                </ActionIcon>
              </Group>
            )
          }
        />
      )}
      {standard && (
        <Text size="sm" mt="sm">
          {t('Every other text is answered by the default assistant:')}{' '}
          <Link
            className={rowStyles.link}
            to="/assistants/$assistantId"
            params={{ assistantId: standard.id }}
            search={{}}
          >
            {standard.name}
          </Link>
        </Text>
      )}
      <EditRoute edited={edited} close={() => setEdited(null)} />
      <Confirm
        opened={gone !== null}
        danger
        title={t('Delete this route?')}
        deed={t('Delete')}
        busy={remove.isPending}
        close={() => setGone(null)}
        act={() => gone && remove.mutate({ params: { path: { route_id: gone.id } } })}
      >
        <Text size="sm">
          {t('From the next text on the following routes decide, else the default assistant.')}
        </Text>
      </Confirm>
    </>
  );
}

const NEW: RouteIn = { number: null, keyword: null, hours: null, priority: 50, assistant_id: '' };

function EditRoute({ edited, close }: { edited: Route | 'new' | null; close: () => void }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const { items } = useAssistantNames();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const form = useForm<RouteIn>({ initialValues: NEW });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form begins anew when it is opened
  useEffect(() => {
    setProblem('');
    if (edited) form.setValues(edited === 'new' ? NEW : inputOf(edited));
  }, [edited]);

  async function save(route: RouteIn) {
    setBusy(true);
    setProblem('');
    try {
      await api.POST('/api/assistants/routes', {
        body: { ...route, number: route.number?.trim() || null, keyword: route.keyword?.trim() || null },
      });
      // A route is never altered: the new one is there before the old one goes, so no text falls between them.
      if (edited && edited !== 'new')
        await api.DELETE('/api/assistants/routes/{route_id}', { params: { path: { route_id: edited.id } } });
      close();
    } catch (error) {
      setProblem(asProblem(error).detail);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: KEY });
    }
  }

  return (
    <Dialog
      opened={edited !== null}
      close={close}
      size="lg"
      title={edited === 'new' ? t('New route') : t('Edit route')}
    >
      <form onSubmit={form.onSubmit((route) => void save(route))}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('It fits where everything given here is so. What is left empty fits every text.')}
          </Text>
          <Select
            label={t('Assistant')}
            required
            withAsterisk={false}
            data={items.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('assistant_id')}
          />
          <Group grow align="flex-start">
            <TextInput
              label={t('Your number that was texted')}
              placeholder="+13125550100"
              type="tel"
              value={form.values.number ?? ''}
              onChange={(event) => form.setFieldValue('number', event.currentTarget.value)}
            />
            <TextInput
              label={t('A keyword in the text')}
              value={form.values.keyword ?? ''}
              onChange={(event) => form.setFieldValue('keyword', event.currentTarget.value)}
            />
            <NumberInput
              label={t('Priority')}
              description={t('The highest is looked at first.')}
              min={0}
              max={100}
              {...form.getInputProps('priority')}
            />
          </Group>
          <HoursField
            value={form.values.hours ?? null}
            change={(hours) => form.setFieldValue('hours', hours)}
            always={t('At any hour')}
          />
          <FormFoot
            deed={t('Save')}
            busy={isBusy}
            disabled={!form.values.assistant_id}
            problem={problem}
            cancel={close}
          />
        </Stack>
      </form>
    </Dialog>
  );
}

const inputOf = ({ number, keyword, hours, priority, assistant_id }: Route): RouteIn => ({
  number,
  keyword,
  hours,
  priority,
  assistant_id,
});
