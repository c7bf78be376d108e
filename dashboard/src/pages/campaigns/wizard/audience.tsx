import { Button, Group, MultiSelect, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { Notice } from '@/parts/notice';
import { tellFailed } from '@/parts/told';
import { useFormat } from '@/words/format';
import { RECIPIENT_STATES, type RecipientState, recipientState } from '../states';
import type { Draft } from './place';
import classes from './wizard.module.css';

/** Recipients of contacts that have a label, or of an earlier campaign. */
export function Audience({ draft }: { draft: Draft }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const [done, setDone] = useState<Schemas['AudienceOut'] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const add = async (body: Schemas['AudienceIn']) => {
    setBusy(true);
    try {
      const campaign = await draft.ensure();
      const { data } = await api.POST('/api/campaigns/{campaign_id}/audience', {
        params: { path: { campaign_id: campaign.id } },
        body,
      });
      setDone(data ?? null);
      await draft.reread();
    } catch (error) {
      tellFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <Group align="stretch" gap="sm">
        <OfLabel add={add} isBusy={isBusy} />
        <OfCampaign add={add} isBusy={isBusy} />
      </Group>
      {done && (
        <Notice kind="quiet" role="status">
          {t('{{found}} found: {{accepted}} added, {{known}} were in already, {{without}} have no number.', {
            found: format.number(done.found),
            accepted: format.number(done.accepted),
            known: format.number(done.already_in_campaign),
            without: format.number(done.without_number),
          })}
        </Notice>
      )}
    </Stack>
  );
}

interface SourceProps {
  add: (body: Schemas['AudienceIn']) => Promise<void>;
  isBusy: boolean;
}

function OfLabel({ add, isBusy }: SourceProps) {
  const { t } = useTranslation('campaigns');
  const [label, setLabel] = useState<string | null>(null);
  const labels = $api.useQuery('get', '/api/labels', { params: { query: { limit: 200 } as never } });
  const names =
    (labels.data as { items?: { name: string }[] } | undefined)?.items?.map((one) => one.name) ?? [];
  return (
    <Stack className={classes.card} gap="sm" flex={1} miw={260}>
      <Text fw={600}>{t('Contacts with a label')}</Text>
      <Select
        label={t('Label')}
        data={[...new Set(names)]}
        value={label}
        onChange={setLabel}
        searchable
        nothingFoundMessage={t('No such label')}
        placeholder={names.length === 0 ? t('There are no labels yet') : undefined}
      />
      <Button
        variant="default"
        disabled={!label}
        loading={isBusy}
        onClick={() => label && void add({ label })}
        style={{ alignSelf: 'flex-start' }}
      >
        {t('Add these contacts')}
      </Button>
    </Stack>
  );
}

function OfCampaign({ add, isBusy }: SourceProps) {
  const { t } = useTranslation('campaigns');
  const [id, setId] = useState<string | null>(null);
  const [states, setStates] = useState<string[]>(['failed']);
  const campaigns = $api.useQuery('get', '/api/campaigns', { params: { query: { limit: 200 } } });
  const earlier = (campaigns.data?.items ?? []).filter((one) => one.started_at);
  const names = recipientState(t);
  return (
    <Stack className={classes.card} gap="sm" flex={1} miw={260}>
      <Text fw={600}>{t('Recipients of an earlier campaign')}</Text>
      <Select
        label={t('Campaign')}
        data={earlier.map((one) => ({ value: one.id, label: one.name }))}
        value={id}
        onChange={setId}
        searchable
        placeholder={earlier.length === 0 ? t('No campaign was started yet') : undefined}
      />
      <MultiSelect
        label={t('Those that are')}
        data={RECIPIENT_STATES.map((state) => ({ value: state, label: names[state] }))}
        value={states}
        onChange={setStates}
      />
      <Button
        variant="default"
        disabled={!id || states.length === 0}
        loading={isBusy}
        onClick={() => id && void add({ from_campaign: { id, states: states as RecipientState[] } })}
        style={{ alignSelf: 'flex-start' }}
      >
        {t('Add these recipients')}
      </Button>
    </Stack>
  );
}
