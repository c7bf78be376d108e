import { Button, Group, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '@/parts/notice';
import { Loading } from '@/parts/states';
import { DryRun } from './dry-run';
import { JsonView } from './json-view';
import { insert, newStep, type Path, pathText, type StepType } from './model/definition';
import { TRIGGER } from './model/drawing';
import { Outline } from './outline';
import { StepPanel } from './step-panel';
import type { Editing } from './use-editing';
import { type DryRun as DryRunResult, problemIn, type Workflow } from './words';
import classes from './workflows.module.css';

const Canvas = lazy(() => import('./canvas').then((module) => ({ default: module.Canvas })));

interface BuilderProps {
  workflow: Workflow;
  editing: Editing;
  prepare: () => Promise<boolean>;
  readOnly: boolean;
}

type View = 'drawing' | 'list' | 'json';

/** The drawing (or the list) on the left; what is chosen, or the dry run, on the right. */
export function Builder({ workflow, editing, prepare, readOnly }: BuilderProps) {
  const { t } = useTranslation('workflows');
  const isSmall = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [view, setView] = useState<View>(isSmall ? 'list' : 'drawing');
  const [chosen, choose] = useState<string | null>(null);
  const [isDry, setDry] = useState(false);
  const [result, show] = useState<DryRunResult | null>(null);
  const add = (list: Path, index: number, type: StepType) => {
    editing.set(insert(editing.definition, list, index, newStep(editing.definition, type)));
    setDry(false);
    choose(pathText([...list, index]));
  };
  const pick = (id: string | null) => {
    if (id !== null) setDry(false);
    choose(id);
  };
  const parts = {
    definition: editing.definition,
    chosen: isDry ? null : chosen,
    choose: pick,
    problems: editing.problems,
    counts: workflow.steps,
    dryRun: editing.isChanged ? null : result,
    add: readOnly ? null : add,
    isBeside: isDry || chosen !== null,
  };
  const panel = isDry ? 'dry' : chosen ? 'step' : null;
  return (
    <>
      <Group mb="sm" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t('View')}
          value={view}
          onChange={(wanted) => setView(wanted as View)}
          data={[
            { value: 'drawing', label: t('Drawing') },
            { value: 'list', label: t('List') },
            { value: 'json', label: t('JSON') },
          ]}
        />
        <Button variant={isDry ? 'light' : 'default'} aria-pressed={isDry} onClick={() => setDry(!isDry)}>
          {t('Dry run')}
        </Button>
      </Group>
      <General editing={editing} choose={pick} />
      <div className={classes.builder} data-panel={panel ?? undefined}>
        <div className={classes.left} data-view={view}>
          {view === 'drawing' && (
            <Suspense fallback={<Loading />}>
              <Canvas {...parts} />
            </Suspense>
          )}
          {view === 'list' && <Outline {...parts} />}
          {view === 'json' && <JsonView editing={editing} readOnly={readOnly} />}
        </div>
        {panel && (
          <aside className={classes.panel} aria-label={panel === 'dry' ? t('Dry run') : t('Chosen step')}>
            {panel === 'dry' ? (
              <DryRun
                workflow={workflow}
                definition={editing.definition}
                result={result}
                show={show}
                prepare={readOnly ? async () => true : prepare}
                close={() => setDry(false)}
              />
            ) : (
              chosen && <StepPanel editing={editing} chosen={chosen} choose={pick} add={parts.add} />
            )}
          </aside>
        )}
      </div>
    </>
  );
}

/** Problems that belong to no single step. */
function General({ editing, choose }: { editing: Editing; choose: (id: string | null) => void }) {
  const { t } = useTranslation('workflows');
  const general = editing.problems.filter((problem) => !/^steps\[/.test(problem.path));
  if (general.length === 0) return null;
  return (
    <Notice kind="danger" mb="sm">
      {general.map((problem) => (
        <div key={`${problem.path} ${problem.code}`}>
          {problemIn(t, problem.code, problem.detail)}{' '}
          {problem.path.startsWith(TRIGGER) && (
            <button type="button" className={classes.link} onClick={() => choose(TRIGGER)}>
              {t('Show it')}
            </button>
          )}
        </div>
      ))}
    </Notice>
  );
}
