import { Button, Checkbox, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { changedFields, useFollow } from '@/parts/follow';
import { SideDialog } from '@/parts/side-dialog';
import { useMe } from '@/session/me';
import { phone } from '@/words/phone';
import { type OurNumber, routeOf } from '.';
import { classNames } from './kinds';

interface EditProps {
  number: OurNumber | undefined;
  routes: Schemas['RouteOut'][];
  assistants: Schemas['AssistantOut'][];
  close: () => void;
}

const fieldsOf = (number: OurNumber, route: Schemas['RouteOut'] | undefined) => ({
  assistant: route?.assistant_id ?? '',
  label: number.label,
  number_class: number.number_class as 'ten_dlc' | 'long_code' | 'toll_free',
  parts_per_second: number.parts_per_second,
  daily_parts: number.daily_parts as number | '',
  capabilities: [...number.capabilities],
  active: number.active,
});

/** What one number is, how fast and how much it may send, and which assistant answers there. */
export function EditNumber({ number, routes, assistants, close }: EditProps) {
  return (
    <SideDialog opened={Boolean(number)} close={close} title={number && phone(number.phone_number)}>
      {number && (
        <NumberForm key={number.id} number={number} routes={routes} assistants={assistants} close={close} />
      )}
    </SideDialog>
  );
}

function NumberForm({ number, routes, assistants, close }: EditProps & { number: OurNumber }) {
  const { t } = useTranslation('numbers');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const route = routeOf(number.phone_number, routes);
  const [isReleasing, setReleasing] = useState(false);
  const form = useForm({ initialValues: fieldsOf(number, route) });
  useFollow(form, fieldsOf(number, route));
  const path = { tenant_id, phone_number: number.phone_number };

  async function save(values: ReturnType<typeof fieldsOf>) {
    const { assistant, daily_parts, ...others } = changedFields(form.getInitialValues(), values);
    const limit = daily_parts === undefined ? {} : { daily_parts: daily_parts === '' ? null : daily_parts };
    const changes: Partial<Schemas['NumberPatch']> = { ...others, ...limit };
    const saved = await act(async () => {
      if (Object.keys(changes).length > 0)
        await api.PATCH('/api/accounts/tenants/{tenant_id}/numbers/{phone_number}', {
          params: { path },
          body: part<Schemas['NumberPatch']>(changes),
        });
      if (assistant !== undefined) await answerHere(number.phone_number, route, assistant);
      return true;
    }, t('Saved'));
    if (saved) close();
  }

  async function release() {
    setReleasing(false);
    await act(
      () => api.DELETE('/api/accounts/tenants/{tenant_id}/numbers/{phone_number}', { params: { path } }),
      t('The number is no longer yours here'),
    );
    close();
  }

  const kinds = classNames(t);
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="md">
        <TextInput
          label={t('Name')}
          description={t('As colleagues call it')}
          {...form.getInputProps('label')}
        />
        <Select
          label={t('Assistant')}
          description={t(
            'Answers texts to this number, unless a rule for a keyword or an hour says otherwise',
          )}
          allowDeselect={false}
          data={[
            { value: '', label: t('The default assistant') },
            ...assistants
              .filter((one) => !one.archived_at)
              .map((one) => ({ value: one.id, label: one.name })),
          ]}
          {...form.getInputProps('assistant')}
        />
        <Select
          label={t('Kind')}
          description={t('As your carrier registered it; it decides how fast the number may send')}
          allowDeselect={false}
          data={(['ten_dlc', 'long_code', 'toll_free'] as const).map((value) => ({
            value,
            label: kinds[value],
          }))}
          {...form.getInputProps('number_class')}
        />
        <NumberInput
          label={t('SMS parts per second')}
          min={0.01}
          max={1000}
          decimalScale={2}
          {...form.getInputProps('parts_per_second')}
        />
        <NumberInput
          label={t('SMS parts per day')}
          description={t('Empty: no limit. The last tenth is kept for conversations.')}
          min={1}
          allowDecimal={false}
          {...form.getInputProps('daily_parts')}
        />
        <Checkbox.Group label={t('Sends')} {...form.getInputProps('capabilities')}>
          <Group mt={4}>
            <Checkbox value="sms" label="SMS" />
            <Checkbox value="mms" label={t('Pictures (MMS)')} />
          </Group>
        </Checkbox.Group>
        <Switch
          label={t('Active')}
          description={t('Off: nothing is sent from it; texts to it still arrive')}
          {...form.getInputProps('active', { type: 'checkbox' })}
        />
        <Group justify="space-between" mt="sm">
          <Button variant="subtle" color="red" onClick={() => setReleasing(true)}>
            {t('Release number')}
          </Button>
          <Button type="submit" loading={isBusy}>
            {t('Save')}
          </Button>
        </Group>
      </Stack>
      <Confirm
        opened={isReleasing}
        close={() => setReleasing(false)}
        act={() => void release()}
        title={t('Release this number?')}
        deed={t('Release number')}
        danger
      >
        <Text size="sm">
          {t(
            'Texts to it no longer arrive here and nothing is sent from it. Its conversations stay. At the carrier the number stays yours until you cancel it there.',
          )}
        </Text>
      </Confirm>
    </form>
  );
}

/** The rule that names this number alone is replaced. */
async function answerHere(number: string, route: Schemas['RouteOut'] | undefined, assistant_id: string) {
  if (route)
    await api.DELETE('/api/assistants/routes/{route_id}', { params: { path: { route_id: route.id } } });
  if (assistant_id)
    await api.POST('/api/assistants/routes', { body: part<Schemas['RouteIn']>({ number, assistant_id }) });
}
