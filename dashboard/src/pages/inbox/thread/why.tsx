import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import type { Message } from '@/live/frames';
import { Failure } from '@/parts/states';
import { useFormat } from '@/words/format';
import { isCovered } from '../covered';
import { authorWords } from '../words';
import { AnswerWhy } from './answer-why';
import classes from './why.module.css';

/** The chain that led to a message: who, from what, by which rules, and every step to the phone. */
export default function Why({ message, close }: { message: Message; close: () => void }) {
  const { t } = useTranslation('inbox');
  const { data, error, refetch } = useQuery({
    queryKey: ['why', message.id, message.revision],
    queryFn: async () => {
      const params = { path: { message_id: message.id } };
      return (await api.GET('/api/messages/{message_id}/why', { params }))
        .data as Schemas['sender__api__schemas__WhyOut'];
    },
  });
  useEscape(close);
  return (
    <section className={classes.why} aria-label={t('Why')}>
      <div className={classes.head}>
        <strong>{t('Why')}</strong>
        <button type="button" onClick={close}>
          {t('Close')}
        </button>
      </div>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {data && <Chain message={message} why={data} />}
    </section>
  );
}

/** Before the inbox hears of the key, for which it means: back to the list. */
function useEscape(close: () => void) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || isCovered() || document.activeElement?.matches('input, textarea')) return;
      event.stopImmediatePropagation();
      close();
    };
    window.addEventListener('keydown', pressed, { capture: true });
    return () => window.removeEventListener('keydown', pressed, { capture: true });
  }, [close]);
}

function Chain({ message, why }: { message: Message; why: Schemas['sender__api__schemas__WhyOut'] }) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  return (
    <ol className={classes.chain}>
      <li>
        <b>{t('Written by')}</b> {authorWords(why.author, t)} ·{' '}
        <time title={format.full(message.created_at)}>{format.dateTime(message.created_at)}</time>
      </li>
      {why.answer && (
        <li>
          <AnswerWhy why={why.answer} />
        </li>
      )}
      {why.history.map((step) => (
        <li key={`${step.at} ${step.status}`}>
          <b>{stepWords(step.status, t)}</b>
          {(step.reason || step.detail) && <span> · {step.detail || step.reason.replaceAll('_', ' ')}</span>}{' '}
          · <time title={format.full(step.at)}>{format.dateTime(step.at)}</time>
        </li>
      ))}
      {why.carrier_errors.map((error) => (
        <li key={error.code} data-tone="danger">
          <b>{t('The carrier said')}</b> {error.code} {error.title} {error.detail}
        </li>
      ))}
      <li>
        {t('{{count}} parts', { count: message.parts ?? 1 })} · {message.encoding ?? 'GSM-7'}
        {message.cost && ` · ${format.money(message.cost.nano / 1e9, message.cost.currency)}`}
      </li>
    </ol>
  );
}

function stepWords(status: string, t: (text: string) => string): string {
  const words: Record<string, string> = {
    queued: t('Queued'),
    submitting: t('Handed to the carrier'),
    unknown: t('The carrier did not answer; we ask'),
    unresolved: t('Nobody knows whether it left'),
    accepted: t('Taken by the carrier'),
    sent: t('Sent to the phone'),
    delivered: t('Delivered'),
    undelivered: t('Not delivered'),
    unconfirmed: t('No receipt came'),
    failed: t('Refused by the carrier'),
    suppressed: t('Stopped: this person wants no texts'),
    expired: t('Too late to be sent'),
    withdrawn: t('Withdrawn'),
    refused: t('Refused before sending'),
  };
  return words[status] ?? status;
}
