/** Places for boxes and arrows, by dagre: from top to bottom, without crossings where that is possible. */
import { Graph, layout } from '@dagrejs/dagre';
import { type Drawing, FINISH, TRIGGER } from './drawing';

export const WIDTH = 250;
export const HEIGHT = 74;
export const SMALL_HEIGHT = 34;

export interface Place {
  x: number;
  y: number;
}

export function placesOf(drawing: Drawing): Map<string, Place> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 44, ranksep: 58, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  const size = (id: string) => ({
    width: WIDTH,
    height: id === FINISH ? SMALL_HEIGHT : HEIGHT,
  });
  for (const id of [TRIGGER, ...drawing.boxes.map((box) => box.id), FINISH]) graph.setNode(id, size(id));
  for (const arrow of drawing.arrows) {
    // A jump back must not push the step it returns to below itself.
    if (arrow.labels.length === 1 && arrow.labels[0] === 'jump') continue;
    graph.setEdge(arrow.from, arrow.to);
  }
  layout(graph);
  return new Map(
    graph.nodes().map((id: string) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      const { width, height } = size(id);
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
