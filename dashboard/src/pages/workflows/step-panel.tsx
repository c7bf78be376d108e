import {
  ActionIcon,
  Button,
  Group,
  NativeSelect,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '@/parts/notice';
import { AddStep } from './add-step';
import { Expression, useProblemOf } from './fields';
import { type Problem, problemsAt } from './model/checks';
import {
  branchesOf,
  change,
  type Definition,
  move,
  type Path,
  pathText,
  remove,
  type StepType,
  stepsIn,
  TRIGGER_TYPES,
  type TriggerType,
  walk,
} from './model/definition';
import { TRIGGER } from './model/drawing';
import { StepFields } from './step-fields';
import { StepIcon } from './step-icon';
import type { Editing } from './use-editing';
import { aboutStep, branchName, problemIn, stepName, triggerName } from './words';

interface PanelProps {
  editing: Editing;
  chosen: string;
  choose: (id: string | null) => void;
  add: ((list: Path, index: number, type: StepType) => void) | null;
}

/** What is chosen in the drawing or the list, as a form. */
export function StepPanel(props: PanelProps) {
  return props.chosen === TRIGGER ? <TriggerForm {...props} /> : <StepForm {...props} />;
}

function StepForm({ editing, chosen, choose, add }: PanelProps) {
  const { t } = useTranslation('workflows');
  const placed = walk(editing.definition).find((one) => pathText(one.path) === chosen);
  const problemOf = useProblemOf(editing.problems, chosen);
  if (!placed) return null;
  const { step, path } = placed;
  const disabled = !add;
  const set = (fields: Record<string, unknown>, key: string) =>
    editing.set(change(editing.definition, path, fields), key && `${chosen}.${key}`);
  const go = (by: -1 | 1) => {
    const moved = move(editing.definition, path, by);
    editing.set(moved.definition);
    choose(pathText(moved.path));
  };
  const list = path.slice(0, -1);
  const after = Number(path.at(-1)) + 1;
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Group gap={6} wrap="nowrap">
          <StepIcon type={step.type} />
          <Text fw={600} component="h2" size="md" m={0}>
            {stepName(t)[step.type] ?? step.type}
          </Text>
        </Group>
        {!disabled && (
          <Group gap={2} wrap="nowrap">
            <Act label={t('Up')} act={() => go(-1)}>
              <ArrowUp size={15} />
            </Act>
            <Act label={t('Down')} act={() => go(1)}>
              <ArrowDown size={15} />
            </Act>
            <Act
              label={t('Delete this step')}
              act={() => {
                editing.set(remove(editing.definition, path));
                choose(null);
              }}
            >
              <Trash2 size={15} />
            </Act>
          </Group>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {aboutStep(t)[step.type]}
      </Text>
      <Problems problems={problemsAt(editing.problems, chosen)} kind="danger" />
      <Problems problems={problemsAt(editing.warnings, chosen)} kind="attention" />
      <StepFields
        key={chosen}
        definition={editing.definition}
        step={step}
        set={set}
        problemOf={problemOf}
        disabled={disabled}
      />
      <TextInput
        label={t('Name of the step')}
        description={t('It stands in histories, and jumps lead to it.')}
        value={step.id}
        error={problemOf('id')}
        disabled={disabled}
        onChange={(event) => set({ id: event.currentTarget.value }, 'id')}
      />
      <Expression
        label={t('Only if')}
        description={t('Empty: always. Where it is false, the step is skipped.')}
        value={step.when}
        set={(when) => set({ when }, 'when')}
        error={problemOf('when')}
        disabled={disabled}
      />
      {add && (
        <Stack gap={4}>
          {branchesOf(step).map((branch) => (
            <AddStep
              key={branch}
              wide
              label={t('Add a step')}
              add={(type) => add([...path, branch], stepsIn(step, branch).length, type)}
            >
              <Plus size={12} aria-hidden /> {branchName(t)[branch]}
            </AddStep>
          ))}
          <AddStep wide label={t('Add a step')} add={(type) => add(list, after, type)}>
            <Plus size={12} aria-hidden /> {t('Add a step after it')}
          </AddStep>
        </Stack>
      )}
      <Button variant="default" onClick={() => choose(null)}>
        {t('Close')}
      </Button>
    </Stack>
  );
}

function Act({ label, act, children }: { label: string; act: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={act}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Problems({ problems, kind }: { problems: Problem[]; kind: 'danger' | 'attention' }) {
  const { t } = useTranslation('workflows');
  if (problems.length === 0) return null;
  return (
    <Notice kind={kind} role={kind === 'danger' ? 'alert' : undefined}>
      {problems.map((problem) => (
        <div key={`${problem.path} ${problem.code}`}>{problemIn(t, problem.code, problem.detail)}</div>
      ))}
    </Notice>
  );
}

function TriggerForm({ editing, choose, add }: PanelProps) {
  const { t } = useTranslation('workflows');
  const { trigger } = editing.definition;
  const problemOf = useProblemOf(editing.problems, 'trigger');
  const names = triggerName(t);
  const set = (changed: Definition['trigger'], key?: string) =>
    editing.set({ ...editing.definition, trigger: changed }, key);
  const about: Record<TriggerType, string> = {
    campaign: t('Choose the workflow in a campaign: it goes on with each recipient.'),
    keyword: t('A text that is one of these words as a whole starts a run.'),
    new_conversation: t('The first text that a number sends you starts a run.'),
    api: t('Runs are started by hand on this page, or by a program.'),
  };
  return (
    <Stack gap="sm">
      <Text fw={600} component="h2" size="md" m={0}>
        {t('What starts it')}
      </Text>
      <NativeSelect
        label={t('Trigger')}
        value={trigger.type}
        disabled={!add}
        onChange={(event) => {
          const type = event.currentTarget.value as TriggerType;
          set(type === 'keyword' ? { type, keywords: trigger.keywords ?? [] } : { type });
        }}
        data={TRIGGER_TYPES.map((type) => ({ value: type, label: names[type] }))}
        description={about[trigger.type]}
      />
      {trigger.type === 'keyword' && (
        <TagsInput
          label={t('Keywords')}
          description={t('Enter after each. Upper and lower case are the same.')}
          value={trigger.keywords ?? []}
          error={problemOf('keywords')}
          disabled={!add}
          onChange={(keywords) => set({ ...trigger, keywords })}
        />
      )}
      <Button variant="default" onClick={() => choose(null)}>
        {t('Close')}
      </Button>
    </Stack>
  );
}
