import '@xyflow/react/dist/base.css';
import {
  BaseEdge,
  Controls,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getSmoothStepPath,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { AlertTriangle, Flag, Plus, Zap } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/words/format';
import { AddStep } from './add-step';
import classes from './canvas.module.css';
import { type Problem, problemsAt } from './model/checks';
import type { Definition, Path, StepType } from './model/definition';
import { type Arrow, draw, FINISH, TRIGGER } from './model/drawing';
import { HEIGHT, placesOf, SMALL_HEIGHT, WIDTH } from './model/layout';
import { trafficOf } from './model/traffic';
import { StepIcon } from './step-icon';
import { arrowName, type DryRun, stepName, summaryOf, triggerName, type Workflow } from './words';

export interface CanvasProps {
  definition: Definition;
  chosen: string | null;
  choose: (id: string | null) => void;
  problems: Problem[];
  counts: Workflow['steps'];
  dryRun: DryRun | null;
  add: ((list: Path, index: number, type: StepType) => void) | null;
  /** A panel stands beside it, so there is less room. */
  isBeside: boolean;
}

interface BoxData extends Record<string, unknown> {
  kind: StepType | 'trigger' | 'finish';
  title: string;
  summary: string;
  name: string;
  problems: number;
  isChosen: boolean;
  isNever: boolean;
  waiting: number;
  passed: number | null;
}

interface ArrowData extends Record<string, unknown> {
  words: string;
  n: number | null;
  isNever: boolean;
  isJump: boolean;
  place: Arrow['place'];
  add: CanvasProps['add'];
}

const nodeTypes = { box: BoxNode };
const edgeTypes = { arrow: ArrowEdge };

/** The drawing. Everything in it can also be done in the list of steps, which needs no pointer. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing(props: CanvasProps) {
  const { t } = useTranslation('workflows');
  const { definition, choose } = props;
  const { nodes, edges } = useDrawn(props);
  const flow = useReactFlow();
  const size = nodes.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is fitted when the number of boxes or the room changes
  useEffect(() => {
    const later = requestAnimationFrame(() => void flow.fitView({ maxZoom: 1, minZoom: 0.5, padding: 0.1 }));
    return () => cancelAnimationFrame(later);
  }, [size, props.isBeside, flow]);
  return (
    <section className={classes.canvas} aria-label={t('Drawing')} data-steps={definition.steps.length}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable
        edgesFocusable={false}
        minZoom={0.2}
        maxZoom={1.5}
        fitView
        fitViewOptions={{ maxZoom: 1, minZoom: 0.5, padding: 0.1 }}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) => choose(node.id === FINISH ? null : node.id)}
        onPaneClick={() => choose(null)}
        onNodesChange={(changes) => {
          // The keyboard chooses a box with Enter.
          for (const made of changes)
            if (made.type === 'select' && made.selected && made.id !== FINISH) choose(made.id);
        }}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}

function useDrawn({ definition, chosen, problems, counts, dryRun, add }: CanvasProps) {
  const { t } = useTranslation('workflows');
  const drawing = useMemo(() => draw(definition), [definition]);
  const places = useMemo(() => placesOf(drawing), [drawing]);
  const traffic = useMemo(() => (dryRun ? trafficOf(drawing, dryRun.paths) : null), [drawing, dryRun]);
  return useMemo(() => {
    const never = new Set(dryRun?.never_taken);
    const waiting = new Map(counts.map((each) => [each.step, each.waiting + each.running]));
    const node = (id: string, data: BoxData): Node<BoxData> => ({
      id,
      type: 'box',
      position: places.get(id) ?? { x: 0, y: 0 },
      data,
      ariaLabel: `${data.title} ${data.name}`,
      // Sizes and handles are known: nothing has to be measured before it is shown.
      ...sizeOf(id),
      selected: data.isChosen,
    });
    const plain = { problems: 0, isNever: false, waiting: 0, passed: null, name: '' };
    const boxes = drawing.boxes.map(({ id, step }) =>
      node(id, {
        kind: step.type,
        title: stepName(t)[step.type] ?? step.type,
        summary: summaryOf(t, step),
        name: step.id,
        problems: problemsAt(problems, id).length,
        isChosen: id === chosen,
        isNever: never.has(step.id),
        waiting: waiting.get(step.id) ?? 0,
        passed: traffic ? (traffic.boxes.get(id) ?? 0) : null,
      }),
    );
    const trigger = node(TRIGGER, {
      ...plain,
      kind: 'trigger',
      title: triggerName(t)[definition.trigger.type] ?? definition.trigger.type,
      summary: definition.trigger.keywords?.join(', ') ?? '',
      problems: problemsAt(problems, TRIGGER).length,
      isChosen: chosen === TRIGGER,
      passed: dryRun ? dryRun.recipients : null,
    });
    const finish = node(FINISH, {
      ...plain,
      kind: 'finish',
      title: t('Finished'),
      summary: '',
      isChosen: false,
    });
    const edges = drawing.arrows.map((arrow): Edge<ArrowData> => {
      const n = traffic ? (traffic.arrows.get(arrow.id) ?? 0) : null;
      const isJump = arrow.labels.length > 0 && arrow.labels.every((label) => label === 'jump');
      return {
        id: arrow.id,
        source: arrow.from,
        target: arrow.to,
        type: 'arrow',
        markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--quiet)' },
        data: {
          words: arrow.labels.map((label) => arrowName(t)[label]).join(', '),
          n,
          isNever: n === 0,
          isJump,
          place: arrow.place,
          add,
        },
      };
    });
    return { nodes: [trigger, ...boxes, finish], edges };
  }, [drawing, places, traffic, dryRun, counts, problems, chosen, definition.trigger, add, t]);
}

function sizeOf(id: string): Pick<Node, 'width' | 'height' | 'measured' | 'handles'> {
  const height = id === FINISH ? SMALL_HEIGHT : HEIGHT;
  const handle = { x: WIDTH / 2, width: 1, height: 1 };
  return {
    width: WIDTH,
    height,
    measured: { width: WIDTH, height },
    handles: [
      { ...handle, type: 'target', position: Position.Top, y: 0 },
      { ...handle, type: 'source', position: Position.Bottom, y: height },
    ],
  };
}

function BoxNode({ data }: NodeProps<Node<BoxData>>) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  const isFinish = data.kind === 'finish';
  return (
    <div
      className={classes.box}
      data-kind={data.kind}
      data-chosen={data.isChosen || undefined}
      data-wrong={data.problems > 0 || undefined}
      data-never={data.isNever || undefined}
      style={{ height: isFinish ? undefined : HEIGHT }}
    >
      <Handle type="target" position={Position.Top} className={classes.handle} />
      <div className={classes.title}>
        {data.kind === 'trigger' ? (
          <Zap size={14} aria-hidden />
        ) : data.kind === 'finish' ? (
          <Flag size={14} aria-hidden />
        ) : (
          <StepIcon type={data.kind} />
        )}
        <span>{data.title}</span>
        {data.name && <code>{data.name}</code>}
      </div>
      {!isFinish && <div className={classes.summary}>{data.summary}</div>}
      <div className={classes.marks}>
        {data.problems > 0 && (
          <span className={classes.wrong}>
            <AlertTriangle size={12} aria-hidden /> {t('{{count}} problems', { count: data.problems })}
          </span>
        )}
        {data.waiting > 0 && (
          <span className={classes.here}>{t('{{count, number}} here now', { count: data.waiting })}</span>
        )}
        {data.passed !== null && data.kind !== 'finish' && (
          <span className={classes.passed}>{format.number(data.passed)}</span>
        )}
      </div>
      <Handle type="source" position={Position.Bottom} className={classes.handle} />
    </div>
  );
}

function ArrowEdge(props: EdgeProps<Edge<ArrowData>>) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  const { data, id, markerEnd } = props;
  const [path, labelX, labelY] = getSmoothStepPath({ ...props, borderRadius: 10 });
  if (!data) return null;
  const { place, add } = data;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd={markerEnd}
        className={classes.arrow}
        data-never={data.isNever || undefined}
        data-jump={data.isJump || undefined}
      />
      <EdgeLabelRenderer>
        <div
          className={classes.label}
          data-never={data.isNever || undefined}
          style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
        >
          {data.words && <span>{data.words}</span>}
          {data.n !== null && <strong>{format.number(data.n)}</strong>}
          {add && place && (
            <AddStep label={t('Add a step here')} add={(type) => add(place.list, place.index, type)}>
              <Plus size={12} aria-hidden />
            </AddStep>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
