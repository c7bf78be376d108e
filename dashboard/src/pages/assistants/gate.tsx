import { NumberInput, type NumberInputProps, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { changedFields, keepTyped, useFollow } from '@/parts/follow';
import { FormFoot } from '@/parts/form-foot';
import { Section } from '@/parts/section';
import { useMay } from '@/session/me';
import type { Assistant } from './one';

interface GateForm {
  isOn: boolean;
  /** Per cent; empty: any. */
  likeness: number | '';
  rise: number | '';
  cases: number;
}

const percentOf = (share: number | null | undefined) => (share == null ? '' : Math.round(share * 1000) / 10);
const shareOf = (percent: number | '') => (percent === '' ? null : percent / 100);

const formOf = ({ gate }: Assistant): GateForm => ({
  isOn: gate !== null,
  likeness: gate ? percentOf(gate.replay_similarity) : 50,
  rise: gate ? percentOf(gate.hand_over_rise) : 5,
  cases: gate?.cases ?? 20,
});

const asApiTakes = ({ likeness, rise, cases }: Partial<GateForm>): Partial<Schemas['GatePatch']> => ({
  ...(likeness !== undefined && { replay_similarity: shareOf(likeness) }),
  ...(rise !== undefined && { hand_over_rise: shareOf(rise) }),
  ...(cases !== undefined && { cases }),
});

/** What a replay of the draft must have shown before it may be published. Going back to an earlier version needs none. */
export function Gate({ assistant }: { assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  const isAdmin = useMay('admin');
  const { act, isBusy } = useAct();
  const form = useForm<GateForm>({ initialValues: formOf(assistant) });
  useFollow(form, formOf(assistant));
  const params = { path: { assistant_id: assistant.id } };
  async function save(values: GateForm) {
    const before = form.getInitialValues();
    const isNew = !before.isOn || assistant.gate === null;
    const saved = await act(async () => {
      if (!values.isOn) await api.DELETE('/api/assistants/{assistant_id}/gate', { params });
      else
        await api.PATCH('/api/assistants/{assistant_id}/gate', {
          params,
          body: part<Schemas['GatePatch']>(asApiTakes(isNew ? values : changedFields(before, values))),
        });
      return true;
    }, t('Saved.'));
    if (saved) keepTyped(form, values);
  }
  return (
    <Section
      title={t('Gate')}
      about={t('A draft goes live only after a replay of it has shown what you ask for here.')}
    >
      <form onSubmit={form.onSubmit((values) => void save(values))}>
        <Stack gap="sm">
          <Switch
            label={t('A draft needs a replay before it is published')}
            disabled={!isAdmin}
            {...form.getInputProps('isOn', { type: 'checkbox' })}
          />
          {form.values.isOn && <Asked form={form} disabled={!isAdmin} />}
          {!form.values.isOn && !form.isDirty() && (
            <Text size="sm" c="dimmed">
              {t('Now every draft may be published.')}
            </Text>
          )}
          {isAdmin && form.isDirty() && <FormFoot deed={t('Save the gate')} busy={isBusy} />}
        </Stack>
      </form>
    </Section>
  );
}

function Asked({ form, disabled }: { form: ReturnType<typeof useForm<GateForm>>; disabled: boolean }) {
  const { t } = useTranslation('assistants');
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <Percent
        label={t('Likeness at least')}
        description={t('Of its answers to what people sent. Empty: any.')}
        disabled={disabled}
        {...form.getInputProps('likeness')}
      />
      <Percent
        label={t('More hand-overs at most')}
        description={t('Than the other version, of all turns. Empty: any.')}
        disabled={disabled}
        {...form.getInputProps('rise')}
      />
      <NumberInput
        label={t('Turns at least')}
        description={t('That the replay has answered.')}
        min={1}
        max={500}
        disabled={disabled}
        {...form.getInputProps('cases')}
      />
    </SimpleGrid>
  );
}

function Percent(props: NumberInputProps) {
  return <NumberInput min={0} max={100} suffix=" %" {...props} />;
}
