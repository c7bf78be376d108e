import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import type { Filters } from '@/live/inbox';
import { INBOX } from '../data/filters';
import { useColleagues } from '../data/queries';
import classes from './filter-menu.module.css';

interface FilterProps {
  filters: Filters;
  show: (filters: Filters) => void;
}

/** Filters that may be combined. Each change shows at once. */
export default function FilterMenu({ filters, show }: FilterProps) {
  const { t } = useTranslation('inbox');
  const colleagues = useColleagues();
  const labels = $api.useQuery('get', '/api/labels').data?.items;
  const set = (change: Partial<Filters>) => {
    const next = Object.fromEntries(
      Object.entries({ ...filters, ...change }).filter(([, value]) => value !== undefined && value !== ''),
    ) as Filters;
    show(next);
  };
  const flag = (value: boolean | undefined) => (value === undefined ? '' : String(value));
  const asFlag = (text: string) => (text === '' ? undefined : text === 'true');
  return (
    <fieldset className={classes.filters} aria-label={t('Filters')}>
      <Choice
        label={t('State')}
        value={filters.state ?? ''}
        set={(state) => set({ state: (state || undefined) as Filters['state'] })}
        choices={[
          ['', t('Any')],
          ['open', t('Open')],
          ['closed', t('Closed')],
          ['all', t('Everything, campaigns too')],
        ]}
      />
      <Choice
        label={t('Assigned to')}
        value={filters.mine ? 'me' : (filters.assignee ?? '')}
        set={(one) =>
          set({
            mine: one === 'me' ? true : undefined,
            assignee: one === 'me' ? undefined : one || undefined,
          })
        }
        choices={[
          ['', t('Anybody')],
          ['me', t('Me')],
          ['none', t('Nobody')],
          ...colleagues.map((one): [string, string] => [one.id, one.name]),
        ]}
      />
      <Choice
        label={t('Assistant')}
        value={filters.ai_state ?? ''}
        set={(ai_state) => set({ ai_state: ai_state || undefined })}
        choices={[
          ['', t('Any')],
          ['draft_ready', t('Suggested reply waits')],
          ['paused', t('Paused')],
          ['off', t('Off')],
          ['suggest', t('Suggest')],
          ['auto', t('Auto')],
        ]}
      />
      <Choice
        label={t('Wants a person')}
        value={flag(filters.needs_person)}
        set={(text) => set({ needs_person: asFlag(text) })}
        choices={[
          ['', t('Any')],
          ['true', t('Yes')],
          ['false', t('No')],
        ]}
      />
      <Choice
        label={t('Unread')}
        value={flag(filters.unread)}
        set={(text) => set({ unread: asFlag(text) })}
        choices={[
          ['', t('Any')],
          ['true', t('Yes')],
          ['false', t('No')],
        ]}
      />
      <Choice
        label={t('Snoozed')}
        value={flag(filters.snoozed)}
        set={(text) => set({ snoozed: asFlag(text) })}
        choices={[
          ['', t('Any')],
          ['true', t('Yes')],
          ['false', t('No')],
        ]}
      />
      <Choice
        label={t('Label')}
        value={filters.label ?? ''}
        set={(label) => set({ label: label || undefined })}
        choices={[['', t('Any')], ...(labels ?? []).map((one): [string, string] => [one.name, one.name])]}
      />
      <button type="button" className={classes.clear} onClick={() => show(INBOX)}>
        {t('Clear all filters')}
      </button>
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  set: (value: string) => void;
  choices: [string, string][];
}

function Choice({ label, value, set, choices }: ChoiceProps) {
  const id = useId();
  return (
    <div className={classes.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => set(event.target.value)}>
        {choices.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
