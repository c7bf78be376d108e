import { type Query, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changedBy } from '@/api/client';
import { asProblem } from '@/api/problem';
import { tellDone, tellFailed } from './told';

/** Does something at the server: busy meanwhile, success and failure said. What is shown of the parts of the API that it
 * was sent to is read anew. Resolves to undefined after a failure. */
export function useAct() {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  async function act<T>(ask: () => Promise<T>, done?: string): Promise<T | undefined> {
    setBusy(true);
    try {
      const { answer, parts } = await changedBy(ask);
      await queries.invalidateQueries({ predicate: isOf(parts) });
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

/** Whether a query reads one of these parts of the API. Its key is the method, then the path. */
export const isOf =
  (parts: string[]) =>
  ({ queryKey }: Pick<Query, 'queryKey'>): boolean =>
    parts.some((part) => `${queryKey[1]}/`.startsWith(`${part}/`));

/** Everything that is wrong, in one text. */
export function inOneText(error: unknown): string {
  const { detail, fields } = asProblem(error);
  return [detail, ...fields.map(({ field, problem }) => `${field}: ${problem}`)].join(' ');
}
