/** One WebSocket to realtime. It resumes where it was after every break, so no frame is missed or shown twice. */
import type { Frame } from './frames';

export type StreamState = 'connecting' | 'live' | 'offline' | 'ended';
type Listener = (frame: Frame) => void;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server sends something at least every 25 s. */
const SILENCE_MS = 60_000;
const ENDED = new Set([4401, 4403]);

export class Stream {
  private socket: WebSocket | null = null;
  private position = '';
  private failures = 0;
  private timer = 0;
  private silence = 0;
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  state: StreamState = 'connecting';

  constructor(
    private readonly url: string,
    private readonly open: (url: string) => WebSocket = (address) => new WebSocket(address),
  ) {}

  start(): () => void {
    const again = () => this.connectNow();
    window.addEventListener('online', again);
    this.connectNow();
    return () => {
      window.removeEventListener('online', again);
      this.stop();
    };
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  say(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connectNow(): void {
    if (this.state === 'ended' || this.state === 'live') return;
    window.clearTimeout(this.timer);
    this.drop();
    const socket = this.open(
      this.position ? `${this.url}?last_event_id=${encodeURIComponent(this.position)}` : this.url,
    );
    this.socket = socket;
    socket.onmessage = (event) => this.take(String(event.data));
    socket.onclose = (event) => this.lost(event.code);
    this.expectSomething();
  }

  private take(text: string): void {
    const frame = JSON.parse(text) as Frame;
    this.expectSomething();
    if (frame.id) this.position = frame.id;
    if (frame.type === 'hello') {
      this.failures = 0;
      this.become('live');
    }
    for (const listener of this.listeners) listener(frame);
  }

  private lost(code: number): void {
    this.drop();
    if (ENDED.has(code)) {
      this.become('ended');
      return;
    }
    this.become(navigator.onLine === false || this.failures > 0 ? 'offline' : 'connecting');
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    this.failures += 1;
    // Spread: after a restart of the server not everybody comes back in the same moment.
    this.timer = window.setTimeout(() => this.connectNow(), pause * (0.5 + Math.random() / 2));
  }

  private expectSomething(): void {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.lost(0), SILENCE_MS);
  }

  private drop(): void {
    window.clearTimeout(this.silence);
    if (!this.socket) return;
    this.socket.onmessage = null;
    this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  private stop(): void {
    window.clearTimeout(this.timer);
    this.drop();
  }

  private become(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}
