import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/words/format';
import { costRange, type Forecast, reasonIn } from '../states';
import classes from './wizard.module.css';

/** A forecast in figures. Every share is of all recipients. */
export function ForecastFigures({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const skipped = forecast.recipients - forecast.kept;
  const priced: Record<string, string> = {
    rate_card: t('by your rate card'),
    past_costs: t('by what your latest campaigns cost'),
    estimate: t('an estimate: no prices are known yet'),
  };
  return (
    <>
      <dl className={classes.figures}>
        <Figure value={format.number(forecast.kept)} name={t('will be texted')} />
        <Figure value={format.number(skipped)} name={t('will be skipped')} />
        <Figure
          value={costRange(format, forecast.cost)}
          name={priced[forecast.cost.priced_by] ?? t('cost')}
        />
        <Figure value={<Finish forecast={forecast} />} name={t('finished')} />
        <Figure value={format.number(forecast.expected_opt_outs)} name={t('expected opt-outs')} />
      </dl>
      <div className={classes.two}>
        <Histogram
          title={t('SMS parts per text')}
          rows={Object.entries(forecast.parts).map(([parts, n]) => ({
            name: t('{{count}} parts', { count: Number(parts) }),
            n,
          }))}
        />
        {skipped > 0 && (
          <Histogram
            title={t('Skipped, by reason')}
            isSkipped
            rows={Object.entries(forecast.skipped).map(([code, n]) => ({ name: reasonIn(t, code), n }))}
          />
        )}
      </div>
      <Costly forecast={forecast} />
      {forecast.next_day > 0 && (
        <Text size="sm">
          {t('For {{count, number}} recipients this time has passed already: they get it the next day.', {
            count: forecast.next_day,
          })}
        </Text>
      )}
    </>
  );
}

const Figure = ({ value, name }: { value: ReactNode; name: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

export function Finish({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { earliest, latest } = forecast.finishes_at;
  if (!earliest) return <>{t('not foreseeable')}</>;
  const isShort = latest && format.date(earliest) === format.date(latest);
  return (
    <span title={`${format.full(earliest)}${latest ? ` – ${format.full(latest)}` : ''}`}>
      {format.dateTime(earliest)}
      {latest && latest !== earliest && ` – ${isShort ? format.time(latest) : format.dateTime(latest)}`}
    </span>
  );
}

function Histogram({
  title,
  rows,
  isSkipped,
}: {
  title: string;
  rows: { name: string; n: number }[];
  isSkipped?: boolean;
}) {
  const format = useFormat();
  const most = Math.max(1, ...rows.map((row) => row.n));
  return (
    <div>
      <Text fw={600} size="sm" mb={6} component="h3">
        {title}
      </Text>
      <ul className={classes.bars}>
        {rows.map((row) => (
          <li key={row.name}>
            <span>{row.name}</span>
            <span className={classes.track} aria-hidden>
              <span
                className={classes.fill}
                data-skipped={isSkipped}
                style={{ width: `${(100 * row.n) / most}%` }}
              />
            </span>
            <strong>{format.number(row.n)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Costly({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation('campaigns');
  const { ucs2, costliest } = forecast;
  if (ucs2.n === 0 && (!costliest || costliest.parts < 2)) return null;
  return (
    <div>
      {ucs2.n > 0 && (
        <Text size="sm">
          {t('{{count, number}} texts need the larger alphabet, because of', { count: ucs2.n })}{' '}
          {ucs2.worst.map((each) => (
            <span key={each.character}>
              <span className={classes.forced}>{each.character}</span> ({each.n}){' '}
            </span>
          ))}
        </Text>
      )}
      {costliest && (
        <Text size="sm" c="dimmed">
          {t('The longest goes to {{number}}: {{count}} parts.', {
            number: costliest.phone_number,
            count: costliest.parts,
          })}
        </Text>
      )}
    </div>
  );
}
