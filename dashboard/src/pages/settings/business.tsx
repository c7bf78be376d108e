import { NumberInput, Select, SimpleGrid, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { keepTyped, useFollow } from '@/parts/follow';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { Unsaved } from '@/parts/unsaved';
import { useMe } from '@/session/me';
import { changesOf, fieldsOf, type TenantFields } from './fields';
import { Save } from './own';

type Form = UseFormReturnType<TenantFields>;

/** Says whether something is typed that is not saved: then the form must not be unmounted. */
type Typed = (isTyped: boolean) => void;

/** The settings of the whole business. */
export function Business({ typed }: { typed: Typed }) {
  const { tenant_id } = useMe();
  const found = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}', {
    params: { path: { tenant_id } },
  });
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return <BusinessForm tenant={found.data} typed={typed} />;
}

function BusinessForm({ tenant, typed }: { tenant: Schemas['TenantOut']; typed: Typed }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [problem, setProblem] = useState('');
  const form = useForm<TenantFields>({ initialValues: fieldsOf(tenant) });
  useFollow(form, fieldsOf(tenant));
  const isDirty = form.isDirty();
  useEffect(() => {
    typed(isDirty);
    return () => typed(false);
  }, [isDirty, typed]);
  async function save(values: TenantFields) {
    const changes = changesOf(values, tenant, form.getInitialValues());
    const saved = await act(
      () =>
        api.PATCH('/api/accounts/tenants/{tenant_id}', {
          params: { path: { tenant_id: tenant.id } },
          body: part<Schemas['TenantPatch']>(changes),
        }),
      t('Saved'),
      { refused: setProblem },
    );
    if (saved) keepTyped(form, values);
  }
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Unsaved when={isDirty} />
      <Stack gap="md" maw={720}>
        <Basics form={form} />
        <Assistant form={form} />
        <Campaigns form={form} />
        <Spending form={form} />
        <Keeping form={form} />
        {problem && (
          <Text c="var(--danger)" size="sm" role="alert">
            {problem}
          </Text>
        )}
        <Save isBusy={isBusy} />
      </Stack>
    </form>
  );
}

const zones = () => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

function Basics({ form }: { form: Form }) {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('Business')}>
      <Stack gap="sm">
        <TextInput label={t('Name')} required maxLength={200} {...form.getInputProps('name')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label={t('Time zone')}
            description={t('Times everywhere are shown in it')}
            searchable
            allowDeselect={false}
            limit={50}
            data={zones()}
            {...form.getInputProps('timezone')}
          />
          <TextInput
            label={t('Country')}
            description={t('Two letters, such as US: how numbers without a country code are read')}
            maxLength={2}
            required
            {...form.getInputProps('default_region')}
          />
        </SimpleGrid>
      </Stack>
    </Section>
  );
}

function Assistant({ form }: { form: Form }) {
  const { t } = useTranslation('settings');
  return (
    <Section
      title={t('Assistant')}
      about={t('Of new conversations; each conversation can have its own mode.')}
    >
      <Stack gap="sm">
        <Select
          label={t('Mode')}
          allowDeselect={false}
          data={[
            { value: 'off', label: t('Off: people answer') },
            { value: 'suggest', label: t('Suggest: a person approves each answer') },
            { value: 'auto', label: t('Auto: it answers by itself') },
          ]}
          {...form.getInputProps('ai_mode')}
        />
        <Switch
          label={t('Compare silently')}
          description={t(
            'Where people answer, the assistant answers too, unseen and unsent, to be compared. Costs tokens.',
          )}
          {...form.getInputProps('shadow', { type: 'checkbox' })}
        />
        <TagsInput
          label={t('Phrases that want a person')}
          description={t('A text with one of these goes to a person. Enter adds one.')}
          maxTags={100}
          clearable={false}
          {...form.getInputProps('hand_over_phrases')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput
            label={t('Answers per hour')}
            description={t('At most, per conversation')}
            min={1}
            max={1000}
            {...form.getInputProps('max_ai_messages_per_hour')}
          />
          <NumberInput
            label={t('SMS parts per answer')}
            description={t('Longer answers are shortened')}
            min={1}
            max={10}
            {...form.getInputProps('max_ai_parts')}
          />
          <NumberInput
            label={t('Silence before it answers')}
            description={t('Seconds without another text')}
            min={0}
            max={60}
            {...form.getInputProps('quiet_seconds')}
          />
          <NumberInput
            label={t('Answers are good for')}
            description={t('Minutes; a later one is not sent')}
            min={0.17}
            max={1440}
            decimalScale={2}
            {...form.getInputProps('answer_within_minutes')}
          />
        </SimpleGrid>
      </Stack>
    </Section>
  );
}

function Campaigns({ form }: { form: Form }) {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('Campaigns')}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput
            label={t('May text from (hour)')}
            description={t('In the recipient’s own time')}
            min={0}
            max={23}
            {...form.getInputProps('opens')}
          />
          <NumberInput
            label={t('… until (hour)')}
            description={t('Then they wait')}
            min={1}
            max={24}
            {...form.getInputProps('closes')}
          />
        </SimpleGrid>
        <Switch
          label={t('Limit how often one person is texted')}
          {...form.getInputProps('isFrequencyLimited', { type: 'checkbox' })}
        />
        {form.values.isFrequencyLimited && (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <NumberInput
              label={t('Campaign texts at most')}
              min={1}
              max={1000}
              {...form.getInputProps('texts')}
            />
            <NumberInput label={t('within days')} min={1} max={366} {...form.getInputProps('days')} />
          </SimpleGrid>
        )}
        <TagsInput
          label={t('Countries that campaigns may text')}
          description={t('Two letters each, such as US. Empty: all.')}
          {...form.getInputProps('allowed_regions')}
        />
      </Stack>
    </Section>
  );
}

function Spending({ form }: { form: Form }) {
  const { t } = useTranslation('settings');
  const caps = {
    min: 0,
    decimalScale: 2,
    thousandSeparator: true,
    suffix: ` ${form.values.currency}`,
  } as const;
  return (
    <Section
      title={t('Spending limits')}
      about={t('Empty: no limit. What is reached is said before it stops anything.')}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput label={t('Per day')} {...caps} {...form.getInputProps('daily')} />
          <NumberInput label={t('Per month')} {...caps} {...form.getInputProps('monthly')} />
        </SimpleGrid>
        <Select
          label={t('A reached limit stops')}
          allowDeselect={false}
          data={[
            { value: 'all', label: t('All messages') },
            { value: 'bulk', label: t('Campaigns only') },
          ]}
          {...form.getInputProps('cap_covers')}
        />
      </Stack>
    </Section>
  );
}

function Keeping({ form }: { form: Form }) {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('Keeping texts')}>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput
          label={t('Delete texts after days')}
          description={t('Empty: never. Opt-outs and the bill stay.')}
          min={1}
          max={3650}
          {...form.getInputProps('retention_days')}
        />
        <NumberInput
          label={t('A new conversation after days')}
          description={t('Of silence')}
          min={1}
          max={365}
          {...form.getInputProps('resume_days')}
        />
      </SimpleGrid>
    </Section>
  );
}
