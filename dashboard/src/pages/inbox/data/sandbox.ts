import { useQuery } from '@tanstack/react-query';
import { api } from '@/api/client';

/** Whether the pretend phone answers here. */
export function useSandbox(): boolean {
  const { data } = useQuery({
    queryKey: ['setup'],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async () => (await api.GET('/api/accounts/setup')).data ?? null,
  });
  return Boolean(data && 'sandbox' in data && data.sandbox);
}
