import { ActionIcon, Button, Group, Menu, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import type { Filters } from '@/live/inbox';
import { tellFailed } from '@/parts/told';
import { isSame } from '../data/filters';
import classes from './list.module.css';

interface SavedProps {
  filters: Filters;
  show: (filters: Filters) => void;
}

/** Filters that the user keeps under a name. */
export default function SavedViews({ filters, show }: SavedProps) {
  const { t } = useTranslation('inbox');
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const data = $api.useQuery('get', '/api/views', {}, { retry: false }).data?.items;
  const change = async (act: Promise<unknown>) => {
    try {
      await act;
      setName('');
    } catch (error) {
      tellFailed(error);
    }
    void queries.invalidateQueries({ queryKey: ['get', '/api/views'] });
  };
  const save = (event: React.FormEvent) => {
    event.preventDefault();
    const body = { name, filters } as Schemas['ViewIn'];
    if (name.trim()) void change(api.POST('/api/views', { body }));
  };
  const remove = (view_id: string) =>
    void change(api.DELETE('/api/views/{view_id}', { params: { path: { view_id } } }));
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('Your views')}</Menu.Label>
      {(data ?? []).map((view) => (
        <div key={view.id} className={classes.saved}>
          <Menu.Item
            onClick={() => show(view.filters as Filters)}
            fw={isSame(view.filters as Filters, filters) ? 600 : undefined}
          >
            {view.name}
          </Menu.Item>
          <ActionIcon
            onClick={() => remove(view.id)}
            aria-label={t('Delete the view {{name}}', { name: view.name })}
          >
            <X size={14} />
          </ActionIcon>
        </div>
      ))}
      <form onSubmit={save}>
        <Group gap={4} p={6} wrap="nowrap">
          <TextInput
            size="xs"
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => event.stopPropagation()}
            placeholder={t('Name of what is shown')}
            aria-label={t('Name of the view')}
          />
          <Button type="submit" variant="default" disabled={!name.trim()}>
            {t('Save')}
          </Button>
        </Group>
      </form>
    </>
  );
}
