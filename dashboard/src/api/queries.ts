import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';

const TRIES = 2;

/** Snapshots live here; frames of the stream are merged into them (`live/`). */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failed, error) => failed < TRIES && error instanceof Problem && error.isPassing,
      retryDelay: (failed, error) =>
        Math.max(1000 * 2 ** failed, error instanceof Problem ? error.after * 1000 : 0),
    },
    mutations: { retry: false },
  },
});
