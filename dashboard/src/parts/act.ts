import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '@/api/problem';
import { tellDone, tellFailed } from './told';

/** Does something at the server: busy meanwhile, success and failure said, what is shown read anew. Resolves to
 * undefined after a failure. */
export function useAct() {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  async function act<T>(ask: () => Promise<T>, done?: string): Promise<T | undefined> {
    setBusy(true);
    try {
      const answer = await ask();
      await queries.invalidateQueries();
      if (done) tellDone(done);
      return answer;
    } catch (error) {
      tellFailed(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  }
  return { act, isBusy };
}

/** Everything that is wrong, in one text. */
export function inOneText(error: unknown): string {
  const { detail, fields } = asProblem(error);
  return [detail, ...fields.map(({ field, problem }) => `${field}: ${problem}`)].join(' ');
}
