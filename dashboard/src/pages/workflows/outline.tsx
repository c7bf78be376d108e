import { Text, UnstyledButton } from '@mantine/core';
import { AlertTriangle, Plus, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/words/format';
import { AddStep } from './add-step';
import type { CanvasProps } from './canvas';
import { problemsAt } from './model/checks';
import { branchesOf, type Path, pathText, type Step, stepsIn } from './model/definition';
import { TRIGGER } from './model/drawing';
import { StepIcon } from './step-icon';
import { branchName, stepName, summaryOf, triggerName } from './words';
import classes from './workflows.module.css';

/** The same workflow as a list within lists: for the keyboard, screen readers and small screens. */
export function Outline(props: CanvasProps) {
  const { t } = useTranslation('workflows');
  const { definition, chosen, choose } = props;
  return (
    <nav className={classes.outline} aria-label={t('Steps')}>
      <UnstyledButton
        className={classes.line}
        aria-current={chosen === TRIGGER || undefined}
        onClick={() => choose(TRIGGER)}
      >
        <Zap size={14} aria-hidden />
        <span>
          <strong>{triggerName(t)[definition.trigger.type] ?? definition.trigger.type}</strong>{' '}
          {definition.trigger.keywords?.join(', ')}
        </span>
      </UnstyledButton>
      <Steps {...props} list={['steps']} steps={definition.steps} />
    </nav>
  );
}

function Steps({ list, steps, ...props }: CanvasProps & { list: Path; steps: Step[] }) {
  const { t } = useTranslation('workflows');
  const { add } = props;
  return (
    <ol className={classes.steps}>
      {steps.map((step, index) => (
        <li key={pathText([...list, index])}>
          <Line {...props} step={step} path={[...list, index]} />
          {branchesOf(step).map((branch) => (
            <div key={branch} className={classes.branch}>
              <Text size="xs" c="dimmed">
                {branchName(t)[branch]}
              </Text>
              <Steps {...props} list={[...list, index, branch]} steps={stepsIn(step, branch)} />
            </div>
          ))}
        </li>
      ))}
      {add && (
        <li>
          <AddStep wide label={t('Add a step here')} add={(type) => add(list, steps.length, type)}>
            <Plus size={12} aria-hidden /> {t('Add a step')}
          </AddStep>
        </li>
      )}
    </ol>
  );
}

function Line({
  step,
  path,
  chosen,
  choose,
  problems,
  counts,
  dryRun,
}: CanvasProps & { step: Step; path: Path }) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  const id = pathText(path);
  const wrong = problemsAt(problems, id).length;
  const here = counts.find((each) => each.step === step.id);
  const waiting = here ? here.waiting + here.running : 0;
  const isNever = dryRun?.never_taken.includes(step.id);
  const passed = dryRun?.paths
    .filter((each) => each.steps.includes(step.id))
    .reduce((sum, each) => sum + each.n, 0);
  return (
    <UnstyledButton
      className={classes.line}
      aria-current={chosen === id || undefined}
      data-never={isNever || undefined}
      onClick={() => choose(id)}
    >
      <StepIcon type={step.type} />
      <span>
        <strong>{stepName(t)[step.type] ?? step.type}</strong> {summaryOf(t, step)}
        {wrong > 0 && (
          <span className={classes.wrong}>
            <AlertTriangle size={12} aria-hidden /> {t('{{count}} problems', { count: wrong })}
          </span>
        )}
        {waiting > 0 && <em> {t('{{count, number}} here now', { count: waiting })}</em>}
        {isNever && <em> {t('nobody came here')}</em>}
        {passed !== undefined && !isNever && <em> {t('{{n}} came here', { n: format.number(passed) })}</em>}
      </span>
    </UnstyledButton>
  );
}
