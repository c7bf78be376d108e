import { Button, Group, Stepper, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { Page } from '@/parts/page';
import { Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import { keepCampaign, useCampaign, useLiveCampaigns } from './live';
import type { Campaign } from './states';
import { Check } from './wizard/check';
import { ForecastStep } from './wizard/forecast';
import { type Draft, type Place, STEPS, type StepName } from './wizard/place';
import { What } from './wizard/what';
import { When } from './wizard/when';
import { Who } from './wizard/who';
import classes from './wizard/wizard.module.css';

/** Five steps. The draft lies on the server and the step in the address, so one can leave and go on. */
export default function NewCampaign() {
  const { t } = useTranslation('campaigns');
  const place = useSearch({ strict: false }) as Place;
  const mayWork = useMay('agent');
  const found = useCampaign(place.campaign ?? '');
  useLiveCampaigns();
  if (!mayWork)
    return (
      <Page title={t('New campaign')}>
        <p>{t('Your role reads only. Ask an administrator for the role “agent”.')}</p>
      </Page>
    );
  if (place.campaign && found.error && !found.data)
    return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (place.campaign && !found.data) return <Loading />;
  return <Wizard place={place} campaign={place.campaign ? found.data : undefined} />;
}

function Wizard({ place, campaign }: { place: Place; campaign: Campaign | undefined }) {
  const { t } = useTranslation('campaigns');
  const navigate = useNavigate();
  const go = useCallback(
    (to: Partial<Place>) =>
      void navigate({
        to: '/campaigns/new',
        search: (known: Record<string, string | undefined>) => ({ ...known, ...to }),
      }),
    [navigate],
  );
  const { name, rename, draft } = useDraft(campaign, go);
  const step: StepName = place.step ?? 'who';
  const at = STEPS.indexOf(step);
  const moveTo = (index: number) => go({ step: STEPS[index] });
  useLeaveStarted(campaign, navigate);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnStep(step, heading);
  const titles: Record<StepName, string> = {
    who: t('Who gets it?'),
    what: t('What do they read?'),
    forecast: t('What will happen?'),
    when: t('When does it start?'),
    check: t('Exactly this will be'),
  };
  return (
    <Page wide title={campaign ? campaign.name : t('New campaign')}>
      <Stepper active={at} size="xs" onStepClick={moveTo} mb="md" iconSize={26} className={classes.stepper}>
        <Stepper.Step label={t('Who')} allowStepSelect />
        <Stepper.Step label={t('What')} allowStepSelect={Boolean(campaign)} />
        <Stepper.Step label={t('Forecast')} allowStepSelect={canForecast(campaign)} />
        <Stepper.Step label={t('When')} allowStepSelect={canForecast(campaign)} />
        <Stepper.Step label={t('Check')} allowStepSelect={canForecast(campaign)} />
      </Stepper>
      <h2 className={classes.heading} ref={heading} tabIndex={-1}>
        {titles[step]}
      </h2>
      {step === 'who' && (
        <>
          <TextInput
            label={t('Name of the campaign')}
            description={t('Only your team sees it.')}
            value={name}
            maxLength={200}
            maw={420}
            mb="md"
            onChange={(event) => rename(event.currentTarget.value)}
            onBlur={() => void draft.saveName()}
          />
          <Who campaign={campaign} draft={draft} place={place} go={go} />
        </>
      )}
      {campaign && step === 'what' && <What key={campaign.id} campaign={campaign} draft={draft} go={go} />}
      {campaign && step === 'forecast' && <ForecastStep campaign={campaign} go={go} />}
      {campaign && step === 'when' && <When campaign={campaign} place={place} go={go} />}
      {campaign && step === 'check' && <Check campaign={campaign} place={place} go={go} />}
      {!campaign && step !== 'who' && (
        <Group>
          <Button onClick={() => moveTo(0)}>{t('Begin with the recipients')}</Button>
        </Group>
      )}
    </Page>
  );
}

const canForecast = (campaign: Campaign | undefined) =>
  Boolean(campaign && campaign.counts.total > 0 && (campaign.text || campaign.workflow_id));

/** The draft is made when something has to be kept: a file, a recipient, or the next step. */
function useDraft(campaign: Campaign | undefined, go: (to: Partial<Place>) => void) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const queries = useQueryClient();
  const [name, rename] = useState(
    campaign?.name ?? t('Campaign of {{date}}', { date: format.date(new Date().toISOString()) }),
  );
  const making = useRef<Promise<Campaign> | null>(null);
  const ensure = async (): Promise<Campaign> => {
    if (campaign) return campaign;
    making.current ??= make();
    return making.current;
  };
  const make = async (): Promise<Campaign> => {
    const { data } = await api.POST('/api/campaigns', {
      body: { name: name.trim() || t('New campaign') } as never,
    });
    if (!data) throw new Error('no campaign was made');
    keepCampaign(queries, data);
    go({ campaign: data.id });
    return data;
  };
  const patch: Draft['patch'] = async (changes) => {
    const known = await ensure();
    const { data } = await api.PATCH('/api/campaigns/{campaign_id}', {
      params: { path: { campaign_id: known.id } },
      body: changes as never,
    });
    if (!data) throw new Error('no campaign answered');
    keepCampaign(queries, data);
    return data;
  };
  const saveName = async () => {
    if (campaign && name.trim() && name !== campaign.name)
      await patch({ name: name.trim() }).catch(tellFailed);
  };
  const reread = async () => {
    await queries.invalidateQueries({ queryKey: ['get', '/api/campaigns/{campaign_id}'] });
  };
  return { name, rename, draft: { ensure, patch, saveName, reread } satisfies Draft };
}

/** What was started is no draft any more: its own page shows it. */
function useLeaveStarted(campaign: Campaign | undefined, navigate: ReturnType<typeof useNavigate>) {
  const state = campaign?.state;
  const id = campaign?.id;
  useEffect(() => {
    if (id && state && state !== 'draft')
      void navigate({ to: '/campaigns/$campaignId', params: { campaignId: id }, replace: true });
  }, [id, state, navigate]);
}

/** A screen reader and the keyboard go along with the step. */
function useFocusOnStep(step: StepName, heading: React.RefObject<HTMLHeadingElement | null>) {
  const last = useRef(step);
  useEffect(() => {
    if (last.current !== step) heading.current?.focus();
    last.current = step;
  }, [step, heading]);
}
