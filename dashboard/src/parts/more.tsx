/** Lists that the API gives in pages: `$api.useInfiniteQuery('get', '/api/…', {params}, byCursor)`, and the button
 * that reads on. */
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Failure } from './states';

interface Listing<T> {
  items: T[];
  next_cursor?: string | null;
}

export const byCursor = {
  pageParamName: 'cursor',
  initialPageParam: null,
  getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined,
} as const;

/** Of lists that the API also gives as a file: their answer is typed as text, too. */
export const byCursorUnlessText = {
  ...byCursor,
  getNextPageParam: (page: { next_cursor?: string | null } | string) =>
    typeof page === 'object' ? byCursor.getNextPageParam(page) : undefined,
} as const;

/** What was read so far. */
export function itemsOf<T>(data: { pages: Listing<T>[] } | undefined): T[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
}

export function More({ of }: { of: Pages }) {
  const { t } = useTranslation();
  if (!of.hasNextPage) return null;
  if (of.isFetchNextPageError && !of.isFetchingNextPage)
    return <Failure error={of.error} retry={() => of.fetchNextPage()} />;
  return (
    <Group justify="center" my="sm">
      <Button variant="default" loading={of.isFetchingNextPage} onClick={() => of.fetchNextPage()}>
        {t('Show more')}
      </Button>
    </Group>
  );
}
