/** Which page has which path. Each page is loaded when it is first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from '@tanstack/react-router';
import { Suspense } from 'react';
import { Failure, Loading } from '@/parts/states';
import { SignedIn } from '@/session/gate';

const root = createRootRoute({
  component: () => (
    <Suspense fallback={<Loading />}>
      <Outlet />
    </Suspense>
  ),
  notFoundComponent: () => <Navigate to="/inbox" replace />,
});

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { ticket?: string; next?: string } => ({
    ticket: text(search.ticket),
    next: text(search.next),
  }),
  component: lazyRouteComponent(() => import('@/pages/login')),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/pages/setup')),
});
const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('@/pages/system')),
});
const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedIn });
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: () => <Navigate to="/inbox" replace />,
});

/** The inbox keeps its filters in the address, so that a place can be found again and sent to a colleague. */
const filters = (search: Record<string, unknown>): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(search).map(([name, value]) => [name, value == null ? undefined : String(value)]),
  );

const behind = () => signedIn;
const inbox = createRoute({
  getParentRoute: behind,
  path: '/inbox',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/inbox')),
});
const conversation = createRoute({ getParentRoute: () => inbox, path: '/$conversationId' });
const contacts = createRoute({
  getParentRoute: behind,
  path: '/contacts',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/contacts')),
});
const contact = createRoute({
  getParentRoute: behind,
  path: '/contacts/$contactId',
  component: lazyRouteComponent(() => import('@/pages/contacts/one')),
});
const campaigns = createRoute({
  getParentRoute: behind,
  path: '/campaigns',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/campaigns')),
});
const newCampaign = createRoute({
  getParentRoute: behind,
  path: '/campaigns/new',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/campaigns/new')),
});
const campaign = createRoute({
  getParentRoute: behind,
  path: '/campaigns/$campaignId',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/campaigns/one')),
});
const workflows = createRoute({
  getParentRoute: behind,
  path: '/workflows',
  component: lazyRouteComponent(() => import('@/pages/workflows')),
});
const workflow = createRoute({
  getParentRoute: behind,
  path: '/workflows/$workflowId',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/workflows/one')),
});
const assistants = createRoute({
  getParentRoute: behind,
  path: '/assistants',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/assistants')),
});
const assistant = createRoute({
  getParentRoute: behind,
  path: '/assistants/$assistantId',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/assistants/one')),
});
const numbers = createRoute({
  getParentRoute: behind,
  path: '/numbers',
  component: lazyRouteComponent(() => import('@/pages/numbers')),
});
const team = createRoute({
  getParentRoute: behind,
  path: '/team',
  component: lazyRouteComponent(() => import('@/pages/team')),
});
const usage = createRoute({
  getParentRoute: behind,
  path: '/usage',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/usage')),
});
const settings = createRoute({
  getParentRoute: behind,
  path: '/settings',
  validateSearch: filters,
  component: lazyRouteComponent(() => import('@/pages/settings')),
});

const tree = root.addChildren([
  home,
  login,
  setup,
  system,
  signedIn.addChildren([
    inbox.addChildren([conversation]),
    contacts,
    contact,
    campaigns,
    newCampaign,
    campaign,
    workflows,
    workflow,
    assistants,
    assistant,
    numbers,
    team,
    usage,
    settings,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
