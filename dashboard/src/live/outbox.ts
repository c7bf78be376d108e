/** Texts on their way to the server. They are kept in this browser until the server has them, are sent in order, and are
 * repeated under the same Idempotency-Key, so that none is lost and none is sent twice. */
import { Problem } from '@/api/problem';
import type { Message } from './frames';

export interface Sending {
  /** The Idempotency-Key. */
  key: string;
  conversationId: string;
  text: string;
  mediaIds: string[];
  at: string;
  /** The newest message that was known then: what is older cannot be this text. */
  after: string;
  state: 'waiting' | 'sending' | 'failed';
  problem: string;
  /** Edited from this suggested reply: it is approved with this text. */
  draftId?: string;
}

/** The pending texts to show: without those that arrived by the stream before the request was answered. */
export function unsettled(pending: Sending[], messages: Message[]): Sending[] {
  const taken = new Set<string>();
  return pending.filter((one) => {
    const twin = messages.find(
      (message) =>
        !taken.has(message.id) &&
        message.author === 'agent' &&
        message.text === one.text &&
        message.created_at > one.after,
    );
    if (twin) taken.add(twin.id);
    return !twin || one.state === 'failed';
  });
}

type Post = (one: Sending) => Promise<void>;
type Watcher = () => void;

const KEPT = 'parley.outbox';
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

export class Outbox {
  private items: Sending[];
  private readonly watchers = new Set<Watcher>();
  /** Every text that this tab ever had: the others in the store belong to other tabs. */
  private readonly own: Set<string>;
  private busy = new Set<string>();
  private timer = 0;
  private failures = 0;

  constructor(
    private readonly owner: string,
    private readonly post: Post,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
  ) {
    this.items = this.read();
    this.own = new Set(this.items.map((one) => one.key));
  }

  watch = (watcher: Watcher): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  all = (): Sending[] => this.items;

  add(one: Omit<Sending, 'state' | 'problem'>): void {
    this.own.add(one.key);
    this.keep([...this.items, { ...one, state: 'waiting', problem: '' }]);
    this.go();
  }

  again(key: string): void {
    this.update(key, { state: 'waiting', problem: '' });
    this.go();
  }

  drop(key: string): void {
    this.keep(this.items.filter((one) => one.key !== key));
  }

  /** Sends what waits: one text at a time in each conversation. */
  go = (): void => {
    window.clearTimeout(this.timer);
    for (const one of this.items) {
      if (one.state === 'failed' || this.busy.has(one.conversationId)) continue;
      this.busy.add(one.conversationId);
      void this.send(one);
    }
  };

  private async send(one: Sending): Promise<void> {
    this.update(one.key, { state: 'sending' });
    try {
      await this.post(one);
      this.failures = 0;
      this.drop(one.key);
    } catch (error) {
      this.took(one, error);
    } finally {
      this.busy.delete(one.conversationId);
    }
    if (
      this.items.some((other) => other.conversationId === one.conversationId && other.state === 'waiting')
    ) {
      if (this.failures === 0) this.go();
    }
  }

  private took(one: Sending, error: unknown): void {
    const isPassing = !(error instanceof Problem) || error.isPassing;
    if (!isPassing) {
      this.update(one.key, { state: 'failed', problem: error.detail });
      return;
    }
    this.update(one.key, { state: 'waiting' });
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] as number;
    this.failures += 1;
    this.timer = window.setTimeout(this.go, pause);
  }

  private update(key: string, change: Partial<Sending>): void {
    this.keep(this.items.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  private keep(items: Sending[]): void {
    this.items = items;
    try {
      const others = this.read().filter((one) => !this.own.has(one.key));
      this.storage.setItem(`${KEPT}.${this.owner}`, JSON.stringify([...others, ...items]));
    } catch {
      // full, or closed to us: memory must do
    }
    for (const watcher of this.watchers) watcher();
  }

  /** What an earlier page left behind was perhaps sent: the same key makes another try harmless. */
  private read(): Sending[] {
    try {
      const kept = JSON.parse(this.storage.getItem(`${KEPT}.${this.owner}`) ?? '[]') as Sending[];
      return kept.map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' } : one));
    } catch {
      return [];
    }
  }
}
