import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Notice } from '@/parts/notice';
import { useFormat } from '@/words/format';
import { type Campaign, rowsOf } from '../states';
import { Audience } from './audience';
import { FileSource } from './file';
import { Foot } from './foot';
import type { Draft, Go, Place } from './place';
import { Typed } from './typed';

interface WhoProps {
  campaign: Campaign | undefined;
  draft: Draft;
  place: Place;
  go: Go;
}

/** Recipients of a file, of contacts or an earlier campaign, or typed. All may be added one after the other. */
export function Who({ campaign, draft, place, go }: WhoProps) {
  const { t } = useTranslation('campaigns');
  const source = place.from ?? 'file';
  const total = campaign?.counts.total ?? 0;
  return (
    <Stack gap="md">
      <SegmentedControl
        size="xs"
        aria-label={t('Where recipients come from')}
        value={source}
        onChange={(from) => go({ from: from as Place['from'] })}
        style={{ alignSelf: 'flex-start' }}
        data={[
          { value: 'file', label: t('A file') },
          { value: 'contacts', label: t('Contacts or a campaign') },
          { value: 'typed', label: t('Typed numbers') },
        ]}
      />
      {source === 'file' && <FileSource campaign={campaign} draft={draft} importId={place.import} go={go} />}
      {source === 'contacts' && <Audience draft={draft} />}
      {source === 'typed' && <Typed draft={draft} />}
      <Have campaign={campaign} />
      <Foot
        missing={total === 0 ? t('Add recipients first.') : ''}
        next={() => {
          void draft.saveName();
          go({ step: 'what' });
        }}
      />
    </Stack>
  );
}

/** Who is in already, with the first of them. */
function Have({ campaign }: { campaign: Campaign | undefined }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const total = campaign?.counts.total ?? 0;
  const first = $api.useQuery(
    'get',
    '/api/campaigns/{campaign_id}/recipients',
    { params: { path: { campaign_id: campaign?.id ?? '' }, query: { limit: 3 } } },
    { enabled: total > 0 },
  );
  if (total === 0) return null;
  const names = rowsOf(first.data).map((one) => one.name || one.phone_number);
  return (
    <Notice kind="good" role="status" title={t('{{count, number}} recipients', { count: total })}>
      <Text size="sm">
        {names.join(', ')}
        {total > names.length &&
          names.length > 0 &&
          ` ${t('and {{more}} more', { more: format.number(total - names.length) })}`}
      </Text>
    </Notice>
  );
}
