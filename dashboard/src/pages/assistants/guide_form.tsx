import {
  Button,
  Group,
  NumberInput,
  Select,
  Slider,
  Stack,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Confirm } from '@/parts/confirm';
import { Dialog } from '@/parts/dialog';
import { Moment } from '@/parts/moment';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import type { Guide } from './guides';
import { autopilotInWords, changeInWords } from './judged';
import { useAssistantNames } from './names';

type GuideForm = Required<Omit<Schemas['GuideIn'], 'autopilot'>> & {
  autopilot: Required<Schemas['AutopilotIn']>;
};

const NEW: GuideForm = {
  name: '',
  goal: 'general_inquiry',
  instructions: '',
  keywords: [],
  priority: 50,
  response_template: '',
  assistant_id: null,
  active: true,
  autopilot: { ceiling: 'auto', threshold: 0.9, least: 30 },
};

const formOf = (guide: Guide): GuideForm => ({
  name: guide.name,
  goal: guide.goal,
  instructions: guide.instructions,
  keywords: guide.keywords,
  priority: guide.priority,
  response_template: guide.response_template,
  assistant_id: guide.assistant_id,
  active: guide.active,
  autopilot: {
    ceiling: guide.autopilot.ceiling ?? 'auto',
    threshold: guide.autopilot.threshold ?? 0.9,
    least: guide.autopilot.least ?? 30,
  },
});

/** Makes a guide or changes one; the next turn is answered by it. */
export function EditGuide({ edited, close }: { edited: Guide | 'new' | null; close: () => void }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const isAdmin = useMay('admin');
  const { items } = useAssistantNames();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const form = useForm<GuideForm>({ initialValues: NEW });
  const guide = edited === 'new' ? null : edited;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form begins anew when it is opened
  useEffect(() => {
    setProblem('');
    setDeleting(false);
    if (edited) form.setValues(edited === 'new' ? NEW : formOf(edited));
  }, [edited]);

  async function act(deed: () => Promise<unknown>) {
    setBusy(true);
    setProblem('');
    try {
      await deed();
      close();
    } catch (error) {
      const { detail, fields } = asProblem(error);
      setProblem([detail, ...fields.map((each) => `${each.field}: ${each.problem}`)].join(' '));
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ['get', '/api/guides'] });
    }
  }
  const save = (body: GuideForm) =>
    guide
      ? api.PATCH('/api/guides/{guide_id}', {
          params: { path: { guide_id: guide.id } },
          body: { ...body, revision: guide.revision },
        })
      : api.POST('/api/guides', { body });

  return (
    <Dialog opened={edited !== null} close={close} size="xl" title={guide ? guide.name : t('New guide')}>
      <form onSubmit={form.onSubmit((values) => void act(() => save(values)))}>
        <Stack gap="sm">
          <Group grow align="flex-start">
            <TextInput
              label={t('Name')}
              required
              withAsterisk={false}
              maxLength={100}
              disabled={!isAdmin}
              {...form.getInputProps('name')}
            />
            <Select
              label={t('Goal')}
              allowDeselect={false}
              disabled={!isAdmin}
              data={[
                { value: 'general_inquiry', label: t('Answer questions') },
                { value: 'lead_capture', label: t('Win a new customer’s details') },
                { value: 'help_desk', label: t('Help with a problem') },
                { value: 'sales_inquiry', label: t('Sell') },
                { value: 'appointment_booking', label: t('Arrange an appointment') },
                { value: 'other', label: t('As the instructions say') },
              ]}
              {...form.getInputProps('goal')}
            />
          </Group>
          <Textarea
            label={t('Instructions')}
            description={t('What the assistant is to do and say. It may use what stands here as facts.')}
            required
            withAsterisk={false}
            autosize
            minRows={4}
            maxRows={14}
            maxLength={8000}
            disabled={!isAdmin}
            {...form.getInputProps('instructions')}
          />
          <TagsInput
            label={t('Keywords')}
            description={t(
              'The guide applies where the customer says one of them. None: where no other guide’s keyword was said.',
            )}
            disabled={!isAdmin}
            {...form.getInputProps('keywords')}
          />
          <Textarea
            label={t('Response template')}
            description={t(
              'The form of the reply; the model fills in what stands in braces, such as {answer}.',
            )}
            autosize
            minRows={2}
            maxLength={2000}
            disabled={!isAdmin}
            {...form.getInputProps('response_template')}
          />
          <Group grow align="flex-start">
            <NumberInput
              label={t('Priority')}
              description={t('Of several that fit, the highest.')}
              min={0}
              max={100}
              disabled={!isAdmin}
              {...form.getInputProps('priority')}
            />
            <Select
              label={t('Assistant')}
              description={t('Empty: as routes say.')}
              clearable
              disabled={!isAdmin}
              data={items.map(({ id, name }) => ({ value: id, label: name }))}
              {...form.getInputProps('assistant_id')}
            />
          </Group>
          <Switch
            label={t('In use')}
            disabled={!isAdmin}
            {...form.getInputProps('active', { type: 'checkbox' })}
          />
          <Select
            label={t('Autopilot: may its answers go out by themselves?')}
            allowDeselect={false}
            disabled={!isAdmin}
            data={[
              { value: 'auto', label: t('As the mode of the conversation says') },
              { value: 'suggest', label: t('Never: a person approves each') },
              { value: 'earned', label: t('Once it has earned it') },
            ]}
            {...form.getInputProps('autopilot.ceiling')}
          />
          {form.values.autopilot.ceiling === 'earned' && <Earned form={form} disabled={!isAdmin} />}
          {guide && <Changes guide={guide} />}
          {problem && (
            <Text c="red" size="sm" role="alert">
              {problem}
            </Text>
          )}
          {isAdmin && (
            <Group justify="space-between">
              {guide ? (
                <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
                  {t('Delete guide')}
                </Button>
              ) : (
                <span />
              )}
              <Group gap="xs">
                <Button variant="default" onClick={close}>
                  {t('Cancel')}
                </Button>
                <Button type="submit" loading={isBusy}>
                  {t('Save')}
                </Button>
              </Group>
            </Group>
          )}
        </Stack>
      </form>
      <Confirm
        opened={isDeleting}
        close={() => setDeleting(false)}
        act={() => {
          setDeleting(false);
          const path = { guide_id: guide?.id ?? '' };
          void act(() => api.DELETE('/api/guides/{guide_id}', { params: { path } }));
        }}
        title={t('Delete the guide “{{name}}”?', { name: guide?.name })}
        deed={t('Delete guide')}
        danger
      >
        <Text size="sm">{t('From the next text on no answer follows it. This cannot be undone.')}</Text>
      </Confirm>
    </Dialog>
  );
}

function Earned({ form, disabled }: { form: ReturnType<typeof useForm<GuideForm>>; disabled: boolean }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  return (
    <Group grow align="flex-start">
      <div>
        <Text size="sm" fw={500}>
          {t('Earned when so many could be sent as they were')}
        </Text>
        <Slider
          mt="xs"
          min={0.5}
          max={1}
          step={0.01}
          disabled={disabled}
          label={(share) => format.percent(share)}
          thumbLabel={t('Share of answers that could be sent as they were')}
          {...form.getInputProps('autopilot.threshold')}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {format.percent(form.values.autopilot.threshold)}
        </Text>
      </div>
      <NumberInput
        label={t('Of the latest judged answers')}
        min={10}
        max={200}
        disabled={disabled}
        {...form.getInputProps('autopilot.least')}
      />
    </Group>
  );
}

function Changes({ guide }: { guide: Guide }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  const { autopilot } = guide;
  return (
    <Text size="xs" c="dimmed" component="div">
      {autopilotInWords(autopilot, t, format)}
      {[...autopilot.changes].reverse().map((change) => (
        <div key={change.at}>
          <Moment at={change.at} long />: {change.earned ? t('earned') : t('lost')}:{' '}
          {changeInWords(change, t, format)}.
        </div>
      ))}
    </Text>
  );
}
