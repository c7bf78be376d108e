/** How many people went along each arrow and through each box of a drawing, by the paths of a dry run. */
import { type Drawing, FINISH, TRIGGER } from './drawing';

export interface WalkedPath {
  steps: string[];
  n: number;
}

export interface Traffic {
  boxes: Map<string, number>;
  arrows: Map<string, number>;
}

export function trafficOf(drawing: Drawing, paths: WalkedPath[]): Traffic {
  const boxOf = new Map(drawing.boxes.map((box) => [box.step.id, box.id]));
  const skippable = new Set(drawing.boxes.filter((box) => box.step.when).map((box) => box.id));
  const next = new Map<string, string[]>();
  for (const arrow of drawing.arrows) next.set(arrow.from, [...(next.get(arrow.from) ?? []), arrow.to]);
  const traffic: Traffic = { boxes: new Map(), arrows: new Map() };
  const count = (counts: Map<string, number>, id: string, n: number) =>
    counts.set(id, (counts.get(id) ?? 0) + n);
  for (const { steps, n } of paths) {
    const boxes = steps.map((id) => boxOf.get(id)).filter((id) => id !== undefined);
    for (const id of new Set(boxes)) count(traffic.boxes, id, n);
    const stations = [TRIGGER, ...boxes, FINISH];
    for (let at = 1; at < stations.length; at += 1)
      for (const arrow of way(next, skippable, stations[at - 1] ?? '', stations[at] ?? ''))
        count(traffic.arrows, arrow, n);
  }
  return traffic;
}

/** The arrows from one box to another: one, or several over steps that were skipped because of their `when`. */
function way(next: Map<string, string[]>, skippable: Set<string>, from: string, to: string): string[] {
  const queue: { at: string; arrows: string[] }[] = [{ at: from, arrows: [] }];
  const seen = new Set([from]);
  for (let here = queue.shift(); here; here = queue.shift()) {
    for (const there of next.get(here.at) ?? []) {
      const arrows = [...here.arrows, `${here.at}>${there}`];
      if (there === to) return arrows;
      if (!skippable.has(there) || seen.has(there)) continue;
      seen.add(there);
      queue.push({ at: there, arrows });
    }
  }
  return [];
}
