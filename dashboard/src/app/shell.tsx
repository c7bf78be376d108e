import { ActionIcon, Button, Menu, UnstyledButton } from '@mantine/core';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import {
  BarChart3,
  Bot,
  Contact,
  GitBranch,
  Hash,
  Inbox,
  Keyboard,
  LogOut,
  Megaphone,
  MoreHorizontal,
  Search,
  Settings,
  UserCog,
  Users,
  WifiOff,
} from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { queryClient } from '@/api/queries';
import { useStreamState } from '@/live/context';
import { Loading } from '@/parts/states';
import { type Role, useMay, useMe } from '@/session/me';
import { useCommands } from './commands';
import { Preferences } from './preferences';
import classes from './shell.module.css';

const Palette = lazy(() => import('./palette'));
const KeysHelp = lazy(() => import('./keys-help'));

interface Place {
  to: string;
  label: string;
  icon: ReactNode;
  role?: Role;
}

function usePlaces(): Place[] {
  const { t } = useTranslation();
  const all: Place[] = [
    { to: '/inbox', label: t('Inbox'), icon: <Inbox /> },
    { to: '/contacts', label: t('Contacts'), icon: <Contact /> },
    { to: '/campaigns', label: t('Campaigns'), icon: <Megaphone /> },
    { to: '/workflows', label: t('Workflows'), icon: <GitBranch /> },
    { to: '/assistants', label: t('Assistants'), icon: <Bot /> },
    { to: '/usage', label: t('Usage'), icon: <BarChart3 /> },
    { to: '/numbers', label: t('Numbers'), icon: <Hash />, role: 'admin' },
    { to: '/team', label: t('Team'), icon: <Users />, role: 'admin' },
    { to: '/settings', label: t('Settings'), icon: <Settings />, role: 'admin' },
  ];
  const isAdmin = useMay('admin');
  return all.filter((place) => !place.role || isAdmin);
}

const ON_A_PHONE = 4;

export function Shell() {
  const { t } = useTranslation();
  const places = usePlaces();
  const [opened, setOpened] = useState<'palette' | 'keys' | null>(null);
  const navigate = useNavigate();
  const openPalette = async () => {
    setOpened('palette');
    const { spotlight } = await import('@mantine/spotlight');
    spotlight.open();
  };
  useCommands([
    { id: 'palette', label: t('Open the command palette'), keys: 'mod+k', run: () => void openPalette() },
    { id: 'keys', label: t('Show all keys'), keys: 'shift+?', run: () => setOpened('keys') },
    ...places.map((place) => ({
      id: `go ${place.to}`,
      label: t('Go to {{place}}', { place: place.label }),
      keys: '',
      group: t('Go to'),
      run: () => void navigate({ to: place.to }),
    })),
  ]);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {t('Skip to the content')}
      </a>
      <Rail places={places} openPalette={() => void openPalette()} showKeys={() => setOpened('keys')} />
      <main id="main" className={classes.main} tabIndex={-1}>
        <ConnectionLost />
        <div className={classes.outlet}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      <Suspense>
        {opened === 'palette' && <Palette />}
        {opened === 'keys' && <KeysHelp close={() => setOpened(null)} />}
      </Suspense>
    </div>
  );
}

interface RailProps {
  places: Place[];
  openPalette: () => void;
  showKeys: () => void;
}

function Rail({ places, openPalette, showKeys }: RailProps) {
  const { t } = useTranslation();
  return (
    <nav className={classes.rail} aria-label={t('Main')}>
      <ActionIcon
        className={classes.search}
        size="lg"
        onClick={openPalette}
        aria-label={t('Command palette')}
        title={t('Search and commands (Ctrl+K)')}
      >
        <Search size={18} />
      </ActionIcon>
      {places.map((place, n) => (
        <RailLink key={place.to} place={place} isMain={n < ON_A_PHONE} />
      ))}
      <Menu position="top-end" withinPortal>
        <Menu.Target>
          <UnstyledButton className={classes.more}>
            <MoreHorizontal size={20} />
            <span>{t('More')}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {places.slice(ON_A_PHONE).map((place) => (
            <Menu.Item key={place.to} component={Link} to={place.to}>
              {place.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <div className={classes.spring} />
      <OwnMenu showKeys={showKeys} />
    </nav>
  );
}

function RailLink({ place, isMain }: { place: Place; isMain: boolean }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isHere = path === place.to || path.startsWith(`${place.to}/`);
  return (
    <Link
      to={place.to}
      className={classes.place}
      data-here={isHere || undefined}
      data-main={isMain || undefined}
      aria-current={isHere ? 'page' : undefined}
    >
      {place.icon}
      <span>{place.label}</span>
    </Link>
  );
}

function OwnMenu({ showKeys }: { showKeys: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const name = me.name || me.email || me.tenant_name;
  return (
    <Menu position="right-end" width={240} withinPortal>
      <Menu.Target>
        {/* Who speaks to the browser says what is to be seen: the initials belong to the name. */}
        <UnstyledButton className={classes.me} aria-label={`${initials(name)} · ${t('Your menu')}`}>
          {initials(name)}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {me.tenant_name}
        </Menu.Label>
        <Preferences />
        <Menu.Item
          leftSection={<UserCog size={14} />}
          onClick={() => void navigate({ to: '/settings', search: { tab: 'own' } })}
        >
          {t('Your settings')}
        </Menu.Item>
        <Menu.Item leftSection={<Keyboard size={14} />} onClick={showKeys}>
          {t('Keys')}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={14} />} onClick={() => void signOut()}>
          {t('Sign out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');

/** Shows only once a second try has failed: short breaks mend themselves. */
function ConnectionLost() {
  const { t } = useTranslation();
  const state = useStreamState();
  if (state === 'ended') return <ConnectionEnded />;
  if (state !== 'offline') return null;
  return (
    <div className={classes.lost} role="status">
      <WifiOff size={14} aria-hidden />
      {t('No connection. What you see may be old; we try again by ourselves.')}
    </div>
  );
}

/** The server ended it: this sign-in is over, or may not listen any more. It does not come back by itself. */
function ConnectionEnded() {
  const { t } = useTranslation();
  return (
    <div className={classes.lost} role="alert">
      <WifiOff size={14} aria-hidden />
      {t('Your access changed. What you see is not kept up to date any more.')}
      <Button variant="default" size="compact-xs" onClick={() => window.location.reload()}>
        {t('Load again')}
      </Button>
      <Button variant="default" size="compact-xs" onClick={() => void signOut()}>
        {t('Sign in again')}
      </Button>
    </div>
  );
}

async function signOut(): Promise<void> {
  await api.POST('/api/accounts/logout').catch(() => undefined);
  queryClient.clear();
  window.location.assign('/login');
}
