import {
  CircleStop,
  Clock,
  CornerUpLeft,
  Filter,
  GitBranch,
  Hourglass,
  MessageSquare,
  PencilLine,
  Save,
  Timer,
  UserRound,
} from 'lucide-react';
import type { StepType } from './model/definition';

const ICONS = {
  send_message: MessageSquare,
  wait_for_reply: Hourglass,
  save_response: Save,
  condition: GitBranch,
  delay: Timer,
  schedule_send: Clock,
  filter: Filter,
  set_field: PencilLine,
  hand_over: UserRound,
  go_to: CornerUpLeft,
  end: CircleStop,
} satisfies Record<StepType, typeof Clock>;

export function StepIcon({ type }: { type: StepType }) {
  const Icon = ICONS[type] ?? CircleStop;
  return <Icon size={14} aria-hidden />;
}
