import { ActionIcon, Menu } from '@mantine/core';
import { ChevronDown, ListFilter, Search, SquarePen } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/app/commands';
import type { Filters } from '@/live/inbox';
import { useMay } from '@/session/me';
import { commonViews, INBOX, isSame } from '../data/filters';
import classes from './list.module.css';

const FilterMenu = lazy(() => import('./filter-menu'));
const NewConversation = lazy(() => import('./new-conversation'));
const SavedViews = lazy(() => import('./saved-views'));

interface HeadProps {
  filters: Filters;
  show: (filters: Filters) => void;
}

/** Which view is shown, search, and filters. */
export function ListHead({ filters, show }: HeadProps) {
  const { t } = useTranslation('inbox');
  const [isFiltering, setFiltering] = useState(false);
  const [isWriting, setWriting] = useState(false);
  const mayWork = useMay('agent');
  const views = commonViews(t);
  const { q, ...others } = filters;
  const present = views.find((view) => isSame(view.filters, q === undefined ? filters : others));
  const name = q && Object.keys(others).length === 0 ? t('Search') : (present?.name ?? t('Filtered'));
  useCommands([
    ...views.map((view) => ({
      id: `view ${view.id}`,
      label: t('Show: {{view}}', { view: view.name }),
      keys: '',
      group: t('Inbox'),
      run: () => show(view.filters),
    })),
    {
      id: 'write',
      label: t('Write to a number'),
      keys: 'c',
      group: t('Inbox'),
      run: () => mayWork && setWriting(true),
    },
  ]);
  return (
    <header className={classes.head}>
      <div className={classes.title}>
        <Menu position="bottom-start" width={230} withinPortal>
          <Menu.Target>
            <button type="button" className={classes.views} aria-label={t('View: {{name}}', { name })}>
              <span>{name}</span>
              <ChevronDown size={15} aria-hidden />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {views.map((view) => (
              <Menu.Item
                key={view.id}
                onClick={() => show(view.filters)}
                fw={view.id === present?.id ? 600 : undefined}
              >
                {view.name}
              </Menu.Item>
            ))}
            <Suspense>
              <SavedViews filters={filters} show={show} />
            </Suspense>
          </Menu.Dropdown>
        </Menu>
        <span className={classes.spring} />
        <ActionIcon
          size="lg"
          onClick={() => setFiltering((before) => !before)}
          aria-expanded={isFiltering}
          aria-label={t('Filters')}
          title={t('Filters')}
        >
          <ListFilter size={17} />
        </ActionIcon>
        {mayWork && (
          <ActionIcon
            size="lg"
            onClick={() => setWriting(true)}
            aria-label={t('Write to a number')}
            title={`${t('Write to a number')} (c)`}
          >
            <SquarePen size={17} />
          </ActionIcon>
        )}
      </div>
      <SearchField filters={filters} show={show} />
      <Suspense>
        {isFiltering && <FilterMenu filters={filters} show={show} />}
        {isWriting && <NewConversation close={() => setWriting(false)} />}
      </Suspense>
    </header>
  );
}

const PAUSE_MS = 200;

function SearchField({ filters, show }: HeadProps) {
  const { t } = useTranslation('inbox');
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filters.q ?? '');
  const timer = useRef(0);
  useCommands([
    { id: 'search', label: t('Search conversations'), keys: '/', run: () => field.current?.focus() },
  ]);
  useEffect(() => setText(filters.q ?? ''), [filters.q]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const search = (next: string) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      const { q: _, ...others } = filters;
      const kept = isSame(others, INBOX) ? {} : others;
      show(next.trim() ? { ...kept, q: next } : Object.keys(kept).length ? kept : INBOX);
    }, PAUSE_MS);
  };
  return (
    <div className={classes.search}>
      <Search size={15} aria-hidden />
      <input
        ref={field}
        type="search"
        value={text}
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          search('');
          event.currentTarget.blur();
        }}
        placeholder={t('Search texts, names, numbers')}
        aria-label={t('Search conversations')}
        dir="auto"
      />
    </div>
  );
}
