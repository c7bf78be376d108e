/** What scores and autopilots say, in the reader's language. */
import type { TFunction } from 'i18next';
import type { Schemas } from '@/api/client';
import type { Format } from '@/words/format';

type T = TFunction<'assistants'>;
type Score = Schemas['ScoreOut'];
type Autopilot = Schemas['AutopilotOut'];
type Change = Schemas['AutopilotChangeOut'];

/** The agreement, and how far to trust it. */
export function scoreInWords(score: Score, t: T, format: Format): string {
  if (!score.interval) return t('No answer has been judged yet.');
  const figures = {
    good: format.number(score.agreed),
    all: format.number(score.judged),
    low: format.percent(score.interval.low),
    high: format.percent(score.interval.high),
  };
  return score.too_few
    ? t(
        '{{good}} of {{all}}: too few to rely on; the true share may be anything from {{low}} to {{high}}.',
        figures,
      )
    : t('{{good}} of {{all}}; with more answers probably between {{low}} and {{high}}.', figures);
}

/** Why answers under a guide go out by themselves, or what is missing. */
export function autopilotInWords(autopilot: Autopilot, t: T, format: Format): string {
  if (autopilot.state === 'auto') return t('The guide sets no limit: the mode of the conversation decides.');
  if (autopilot.state === 'suggest') return t('The guide lets every answer wait for a person.');
  const last = autopilot.changes.at(-1);
  if (autopilot.state === 'earned')
    return last ? t('Earned: {{why}}.', { why: changeInWords(last, t, format) }) : '';
  const lost = last ? t('It was lost: {{why}}.', { why: changeInWords(last, t, format) }) : '';
  return [lost, missing(autopilot, t, format)].filter(Boolean).join(' ');
}

function missing(autopilot: Autopilot, t: T, format: Format): string {
  const { n, score, least = 30, threshold = 0.9 } = autopilot;
  if (n < least) return t('{{count}} more judged answers are needed.', { count: least - n });
  return t('{{share}} of {{n}} answers could be sent as they were; {{needed}} are needed.', {
    share: format.percent(score ?? 0),
    n: format.number(n),
    needed: format.percent(threshold),
  });
}

/** Why it was earned or lost. Changes of before there were codes are shown as the server wrote them. */
export function changeInWords({ ground, why }: Change, t: T, format: Format): string {
  if (!ground) return why;
  if (ground.code === 'handed_over')
    return t(
      'the assistant asked for a person in {{now}} of the turns; it was {{before}} when autopilot was earned',
      { now: format.percent(ground.now), before: format.percent(ground.before) },
    );
  const figures = { good: format.number(ground.good), n: format.number(ground.n) };
  return ground.code === 'agreed'
    ? t('{{good}} of the latest {{n}} answers could be sent as they were', figures)
    : t('only {{good}} of the latest {{n}} answers stayed as they were', figures);
}
