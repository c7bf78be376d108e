import { $api } from '@/api/client';

/** Whether the pretend phone answers here. */
export function useSandbox(): boolean {
  const options = { staleTime: Number.POSITIVE_INFINITY, retry: false };
  const { data } = $api.useQuery('get', '/api/accounts/setup', {}, options);
  return Boolean(data && 'sandbox' in data && data.sandbox);
}
