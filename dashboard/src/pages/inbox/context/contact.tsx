import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Conversation } from '@/live/frames';
import { Phone } from '@/parts/phone';
import { Failure } from '@/parts/states';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import classes from './panel.module.css';
import { Section } from './section';

type Card = Schemas['ContactOut'];

/** Name, company and fields, changed where they stand; consent for each number. */
export function Contact({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const id = one.contact.id;
  const { data, error, refetch } = useQuery({
    queryKey: ['inbox', 'contact', id],
    queryFn: async () => {
      const params = { path: { contact_id: id } };
      return (await api.GET('/api/contacts/{contact_id}', { params })).data as Card;
    },
  });
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return null;
  return (
    <>
      <Section title={t('Details')}>
        <dl className={classes.fields}>
          <Field
            card={data}
            label={t('Name')}
            value={data.name ?? ''}
            change={(name) => ({ name: name || null })}
          />
          <Field
            card={data}
            label={t('Company')}
            value={data.company ?? ''}
            change={(company) => ({ company: company || null })}
          />
          {Object.entries(data.fields).map(([name, value]) => (
            <Field
              key={name}
              card={data}
              label={name.replaceAll('_', ' ')}
              value={value}
              change={(text) => ({ fields: { [name]: text || null } })}
            />
          ))}
          {data.emails.map((email) => (
            <div key={email} className={classes.field}>
              <dt>{t('E-mail')}</dt>
              <dd>{email}</dd>
            </div>
          ))}
          {data.timezone && (
            <div className={classes.field}>
              <dt>{t('Time zone')}</dt>
              <dd>{data.timezone}</dd>
            </div>
          )}
        </dl>
      </Section>
      <Consent card={data} />
    </>
  );
}

interface FieldProps {
  card: Card;
  label: string;
  value: string;
  change: (text: string) => object;
}

function Field({ card, label, value, change }: FieldProps) {
  const { t } = useTranslation('inbox');
  const queries = useQueryClient();
  const mayWork = useMay('agent');
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  async function save() {
    const next = text?.trim();
    setText(null);
    if (next === undefined || next === value) return;
    setProblem('');
    try {
      const { data } = await api.PATCH('/api/contacts/{contact_id}', {
        params: { path: { contact_id: card.id } },
        body: change(next) as Schemas['ContactPatch'],
      });
      queries.setQueryData(['inbox', 'contact', card.id], data);
    } catch (error) {
      setProblem(asProblem(error).detail);
    }
  }
  return (
    <div className={classes.field}>
      <dt>{label}</dt>
      <dd>
        {mayWork ? (
          <input
            value={text ?? value}
            placeholder={t('empty')}
            aria-label={label}
            dir="auto"
            onChange={(event) => setText(event.target.value)}
            onBlur={() => void save()}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur();
              if (event.key === 'Escape') setText(null);
            }}
          />
        ) : (
          <span dir="auto">{value || '–'}</span>
        )}
        {problem && (
          <span role="alert" className={classes.problem}>
            {problem}
          </span>
        )}
      </dd>
    </div>
  );
}

function Consent({ card }: { card: Card }) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  return (
    <Section title={t('Consent')}>
      <ul className={classes.plain}>
        {card.phone_numbers.map((number) => {
          const consent = card.consent[number];
          const isOut = consent?.state === 'out';
          return (
            <li key={number} data-tone={isOut ? 'danger' : undefined}>
              <Phone number={number} /> ·{' '}
              {isOut
                ? t('wants no texts')
                : consent?.state === 'in'
                  ? t('agreed to texts')
                  : t('has not objected')}
              {consent?.at && <time title={format.full(consent.at)}> · {format.date(consent.at)}</time>}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
