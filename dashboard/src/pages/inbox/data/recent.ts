/** Frames of the last moments. An answer that was on its way when they came is older than they are: they are applied to
 * it again, so that nothing is shown, then missing, then shown. */
import type { Conversation, ConversationUpdated, Message } from '@/live/frames';
import { applyToPages, newerConversation, type Page } from '@/live/inbox';

const KEPT_MS = 60_000;
const frames = new Map<string, { at: number; frame: ConversationUpdated }[]>();

export function remember(frame: ConversationUpdated, now = Date.now()): void {
  for (const [id, kept] of frames) {
    const fresh = kept.filter((one) => now - one.at < KEPT_MS);
    if (fresh.length) frames.set(id, fresh);
    else frames.delete(id);
  }
  frames.set(frame.conversation_id, [...(frames.get(frame.conversation_id) ?? []), { at: now, frame }]);
}

export function upToDate<T extends Conversation>(conversation: T): T {
  return (frames.get(conversation.id) ?? []).reduce(
    (known, { frame }) => newerConversation(known, frame.conversation),
    conversation,
  );
}

export function withRecentMessages(id: string, page: Page<Message>): Page<Message> {
  let pages = [page];
  for (const { frame } of frames.get(id) ?? []) pages = applyToPages(pages, frame);
  return pages[0] ?? page;
}
