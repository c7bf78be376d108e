/** What the stream says. `id` is the position reached after this frame: the next connection resumes there. */
import type { Schemas } from '@/api/client';
import type { BudgetWarned, ReadUpdated } from './events';

export type Conversation = Schemas['ConversationOut'];
export type Message = Schemas['conversation__api__schemas__MessageOut'];

export interface ConversationUpdated {
  conversation_id: string;
  revision: number;
  conversation: Conversation;
  messages: Message[];
  forgotten_before: string | null;
}

interface Position {
  epoch: string;
  top: number;
}

export interface Frames {
  hello: Position & { recovered: boolean };
  reset: Position;
  hb: Position;
  'conversation.updated': ConversationUpdated;
  'read.updated': ReadUpdated;
  'campaign.updated': { campaign_id: string; revision: number; campaign: Schemas['CampaignOut'] };
  'workflow.updated': { workflow_id: string; revision: number; workflow: Schemas['WorkflowOut'] };
  'tenant.changed': { tenant_id: string; revision: number; name: string; status: string };
  'webhook.updated': { webhook_id: string; revision: number; webhook: Schemas['WebhookOut'] };
  'budget.warned': BudgetWarned;
  'presence.updated': { conversation_id: string; users: { id: string; name: string; typing: boolean }[] };
}

export type FrameType = keyof Frames;
export type Frame = { [T in FrameType]: { id: string; type: T; time: string; data: Frames[T] } }[FrameType];
