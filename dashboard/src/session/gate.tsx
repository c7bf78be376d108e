import { Navigate, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { $api, whenSignedOut } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Shell } from '@/app/shell';
import { LiveProvider } from '@/live/context';
import { Failure, Loading } from '@/parts/states';
import { MeProvider } from './me';

/** The pages behind the sign-in. Who is not signed in goes to `/login` and comes back to the same place. */
export function SignedIn() {
  const me = $api.useQuery('get', '/api/accounts/me', {}, { staleTime: Number.POSITIVE_INFINITY });
  const { refetch } = me;
  useEffect(() => {
    whenSignedOut(() => void refetch());
    return () => whenSignedOut(() => {});
  }, [refetch]);
  if (me.error && asProblem(me.error).status === 401) return <ToLogin />;
  if (me.error && !me.data) return <Failure error={me.error} retry={() => void refetch()} />;
  if (!me.data) return <Loading />;
  if (!('tenant_id' in me.data)) return <Navigate to="/system" replace />;
  return (
    <MeProvider me={me.data}>
      <LiveProvider>
        <Shell />
      </LiveProvider>
    </MeProvider>
  );
}

/** Goes there once: while the page of the sign-in is fetched, the address is already its own, and no place to come
 * back to. */
function ToLogin() {
  const navigate = useNavigate();
  useEffect(() => {
    const { pathname, search } = window.location;
    void navigate({ to: '/login', search: { next: pathname + search }, replace: true });
  }, [navigate]);
  return <Loading />;
}
