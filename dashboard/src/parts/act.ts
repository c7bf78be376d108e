import { type Query, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changedBy } from '@/api/client';
import { asProblem } from '@/api/problem';
import { useHold } from './hold';
import { tellDone, tellFailed } from './told';

interface More {
  /** Parts of the API that change with it, and first words of keys ("inbox"), beside those that it is sent to. */
  also?: string[];
  /** Shows beside the form what was refused, in one text; empty when it begins anew. Then no notice in the corner says it
   * a second time. */
  refused?: (problem: string) => void;
}

/** Does something at the server: busy meanwhile, success and failure said. What is shown of the parts of the API that it
 * was sent to is read anew, after a failure too: what is shown may be why it was refused. Resolves to undefined after a
 * failure. The window that it is done in waits for the answer. */
export function useAct() {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  useHold(isBusy);
  async function act<T>(
    ask: () => Promise<T>,
    done?: string,
    { also = [], refused }: More = {},
  ): Promise<T | undefined> {
    setBusy(true);
    refused?.('');
    const changed = await changedBy(ask);
    const reading = queries.invalidateQueries({ predicate: isOf([...changed.parts, ...also]) });
    try {
      const answer = await changed.answer;
      await reading;
      if (done) tellDone(done);
      return answer;
    } catch (error) {
      if (refused) refused(inOneText(error));
      else tellFailed(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  }
  return { act, isBusy };
}

/** Whether a query reads one of these parts of the API. Its key is the method, then the path; of the inbox, what it is of. */
export const isOf =
  (parts: string[]) =>
  ({ queryKey }: Pick<Query, 'queryKey'>): boolean =>
    parts.some((part) => queryKey[0] === part || `${queryKey[1]}/`.startsWith(`${part}/`));

/** Everything that is wrong, in one text. */
export function inOneText(error: unknown): string {
  const { detail, fields } = asProblem(error);
  return [detail, ...fields.map(({ field, problem }) => `${field}: ${problem}`)].join(' ');
}
