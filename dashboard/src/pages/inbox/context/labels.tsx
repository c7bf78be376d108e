import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import type { Conversation } from '@/live/frames';
import { useMay } from '@/session/me';
import { useActs } from '../data/acts';
import classes from './panel.module.css';
import { Section } from './section';

/** Labels of the conversation. A new name makes a label. */
export function Labels({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const queries = useQueryClient();
  const mayWork = useMay('agent');
  const [name, setName] = useState('');
  const list = useId();
  const labels = one.labels ?? [];
  const data = $api.useQuery('get', '/api/labels').data?.items;
  const colorOf = (label: string) => data?.find((other) => other.name === label)?.color;
  const add = async (event: React.FormEvent) => {
    event.preventDefault();
    const label = name.trim();
    if (!label) return;
    setName('');
    if (await acts.patch(one, { add_labels: [label] }, { labels: [...labels, label] }))
      void queries.invalidateQueries({ queryKey: ['get', '/api/labels'] });
  };
  const remove = (label: string) =>
    void acts.patch(one, { remove_labels: [label] }, { labels: labels.filter((other) => other !== label) });
  return (
    <Section title={t('Labels')}>
      <div className={classes.labels}>
        {labels.map((label) => (
          <span key={label} className={classes.label}>
            <span className={classes.dot} style={{ background: colorOf(label) }} aria-hidden />
            {label}
            {mayWork && (
              <button
                type="button"
                onClick={() => remove(label)}
                aria-label={t('Remove {{name}}', { name: label })}
              >
                <X size={12} />
              </button>
            )}
          </span>
        ))}
        {mayWork && (
          <form onSubmit={(event) => void add(event)}>
            <input
              className={classes.add}
              list={list}
              value={name}
              maxLength={50}
              onChange={(event) => setName(event.target.value)}
              placeholder={t('Add a label')}
              aria-label={t('Add a label')}
            />
            <datalist id={list}>
              {(data ?? [])
                .filter((other) => !labels.includes(other.name))
                .map((other) => (
                  <option key={other.id} value={other.name} />
                ))}
            </datalist>
          </form>
        )}
      </div>
    </Section>
  );
}
