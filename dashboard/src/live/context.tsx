import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Frames, FrameType } from './frames';
import { Stream, type StreamState } from './stream';

const Context = createContext<Stream | null>(null);

const address = () => `${window.location.origin.replace(/^http/, 'ws')}/api/realtime/ws`;

/** The stream of the signed-in user. After a `reset` all snapshots are read again. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [stream] = useState(() => new Stream(address()));
  useEffect(() => stream.start(), [stream]);
  useEffect(
    () =>
      stream.listen((frame) => {
        if (frame.type === 'reset') void queries.invalidateQueries();
      }),
    [stream, queries],
  );
  useEffect(
    () =>
      stream.watch(() => {
        // The server ended it: whether somebody is still signed in is asked at once, not with the next click.
        if (stream.state === 'ended')
          void queries.invalidateQueries({ queryKey: ['get', '/api/accounts/me'] });
      }),
    [stream, queries],
  );
  return <Context.Provider value={stream}>{children}</Context.Provider>;
}

export function useStream(): Stream {
  const stream = useContext(Context);
  if (!stream) throw new Error('used outside of LiveProvider');
  return stream;
}

export function useStreamState(): StreamState {
  const stream = useStream();
  return useSyncExternalStore(stream.watch, () => stream.state);
}

/** Calls `act` with the data of each frame of this type. */
export function useFrames<T extends FrameType>(type: T, act: (data: Frames[T]) => void): void {
  const stream = useStream();
  const latest = useRef(act);
  latest.current = act;
  useEffect(
    () =>
      stream.listen((frame) => {
        if (frame.type === type) latest.current(frame.data as Frames[T]);
      }),
    [stream, type],
  );
}
