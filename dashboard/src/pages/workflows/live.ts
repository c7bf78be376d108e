/** Workflows as the pages have read them, kept true by the frames of the stream. */
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { $api, type Schemas } from '@/api/client';
import { useFrames } from '@/live/context';
import { newer } from '@/live/merge';
import type { Workflow } from './words';

type Listed = Schemas['WorkflowOut'];
type Page = Schemas['Listing_WorkflowOut_'];
const LIST = ['get', '/api/workflows'];
const ONE = '/api/workflows/{workflow_id}';
const queryOf = (id: string) => ['get', ONE, { params: { path: { workflow_id: id } } }];

export function useLiveWorkflows(): void {
  const queries = useQueryClient();
  useFrames('workflow.updated', ({ workflow }) => {
    let isListed = false;
    queries.setQueriesData<InfiniteData<Page>>({ queryKey: LIST }, (known) => {
      const listed = known && inPages(known, workflow);
      isListed ||= listed !== known;
      return listed;
    });
    if (!isListed) void queries.invalidateQueries({ queryKey: LIST });
    const known = queries.getQueryData<Workflow>(queryOf(workflow.id));
    if (!known || known.revision >= workflow.revision) return;
    // A frame carries no definition: another version is read anew.
    if (known.version !== workflow.version)
      void queries.invalidateQueries({ queryKey: queryOf(workflow.id) });
    else queries.setQueryData<Workflow>(queryOf(workflow.id), { ...known, ...workflow });
  });
}

function inPages(known: InfiniteData<Page>, incoming: Listed): InfiniteData<Page> {
  // Menus read one page only, under the same name.
  if (!known.pages) return known;
  let found = false;
  const pages = known.pages.map((page) => {
    if (!page.items.some((one) => one.id === incoming.id)) return page;
    found = true;
    return { ...page, items: page.items.map((one) => (one.id === incoming.id ? newer(one, incoming) : one)) };
  });
  return found ? { ...known, pages } : known;
}

export function keepWorkflow(queries: QueryClient, workflow: Workflow): void {
  queries.setQueryData<Workflow>(queryOf(workflow.id), (known) =>
    known ? newer(known, workflow) : workflow,
  );
  void queries.invalidateQueries({ queryKey: LIST });
  void queries.invalidateQueries({ queryKey: ['get', `${ONE}/versions`] });
}

export const useWorkflow = (id: string) =>
  $api.useQuery('get', ONE, { params: { path: { workflow_id: id } } });
