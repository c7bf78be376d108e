/** Opens a tenant with its first admin, and signs that admin in. What was done before a failure is not done twice: the
 * ids of the requests stay the same until everything has succeeded. */
import { api, part, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';

export interface Beginning {
  business: string;
  timezone: string;
  name: string;
  email: string;
  password: string;
  /** Connect the pretend carrier and a number of it. */
  sandbox: boolean;
}

const SANDBOX_KEY = 'KEYsandbox-first-run';
const SANDBOX_NUMBER = '+13125550100';
let opened: string | null = null;

export async function begin({
  business,
  timezone,
  name,
  email,
  password,
  sandbox,
}: Beginning): Promise<void> {
  opened ??= await openTenant(business, timezone);
  const tenant_id = opened;
  await orThere(() =>
    api.POST('/api/accounts/tenants/{tenant_id}/users', {
      params: { path: { tenant_id } },
      body: { email, name, role: 'admin', password },
    }),
  );
  if (sandbox) await connectSandbox(tenant_id);
  await api.POST('/api/accounts/login', { body: { email, password } });
  opened = null;
}

async function openTenant(name: string, timezone: string): Promise<string> {
  const { data } = await api.POST('/api/accounts/tenants', {
    body: part<Schemas['TenantIn']>({ name, timezone }),
  });
  return data?.id ?? '';
}

/** While the operator alone is signed in: only the operator may point a connection at another carrier. */
async function connectSandbox(tenant_id: string): Promise<void> {
  const { data: account } = await api.PUT('/sandbox/control/accounts/{api_key}', {
    params: { path: { api_key: SANDBOX_KEY } },
    body: {},
  });
  const { data: made } = await api.POST('/api/accounts/tenants/{tenant_id}/connections', {
    params: { path: { tenant_id } },
    body: {
      kind: 'telnyx',
      api_key: SANDBOX_KEY,
      public_key: String(account?.public_key ?? ''),
      api_base: `http://127.0.0.1:${window.location.port || '80'}/sandbox/telnyx/v2`,
    },
  });
  if (!made) return;
  await api.PUT('/sandbox/control/numbers/{number}', {
    params: { path: { number: SANDBOX_NUMBER } },
    body: part<Schemas['NumberBody']>({ api_key: SANDBOX_KEY, webhook_url: made.webhook_url }),
  });
  await api.POST('/api/accounts/tenants/{tenant_id}/numbers', {
    params: { path: { tenant_id } },
    body: part<Schemas['NumberIn']>({
      phone_number: SANDBOX_NUMBER,
      connection_id: made.id,
      parts_per_second: 10,
    }),
  });
}

/** The user of a try that was cut off is there already. */
async function orThere(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (asProblem(error).code !== 'email_taken') throw error;
  }
}
