import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { Notice } from '@/parts/notice';
import { tellFailed } from '@/parts/told';
import { Unsaved } from '@/parts/unsaved';
import { reasonIn } from '../states';
import type { Draft } from './place';
import { inPortions, readLines } from './typed-rows';

const AT_ONCE = 1000;
type Refused = { line: string; code: string; detail: string };

export function Typed({ draft }: { draft: Draft }) {
  const { t } = useTranslation('campaigns');
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused[]>([]);
  const rows = readLines(text);
  const add = async () => {
    setBusy(true);
    try {
      const campaign = await draft.ensure();
      const wrong: Refused[] = [];
      for (const portion of inPortions(rows, AT_ONCE)) {
        const { data } = await api.POST('/api/campaigns/{campaign_id}/recipients', {
          params: { path: { campaign_id: campaign.id } },
          body: { recipients: portion as never },
        });
        for (const each of data?.rejected ?? []) wrong.push({ ...each, line: lineOf(portion[each.index]) });
      }
      setRefused(wrong);
      // Lines that were refused stay in the field, to be corrected.
      setText(
        wrong
          .filter((each) => each.code !== 'already_in_campaign')
          .map((each) => each.line)
          .join('\n'),
      );
      await draft.reread();
    } catch (error) {
      tellFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <Unsaved when={text.trim() !== ''} alsoTabs />
      <Textarea
        label={t('One number per line')}
        description={t('A name may follow behind a comma: +1 312 555 0123, Ana')}
        autosize
        minRows={5}
        maxRows={14}
        maw={560}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group>
        <Button onClick={() => void add()} loading={isBusy} disabled={rows.length === 0}>
          {t('Add {{count, number}} recipients', { count: rows.length })}
        </Button>
      </Group>
      {refused.length > 0 && (
        <Notice
          kind="danger"
          role="alert"
          title={t('{{count, number}} lines were not added', { count: refused.length })}
        >
          <ul>
            {refused.slice(0, 20).map((each) => (
              <li key={`${each.line} ${each.code}`}>
                {each.line}: {reasonIn(t, each.code)}. {each.detail}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </Stack>
  );
}

const lineOf = (row: { phone_number: string; name: string } | undefined) =>
  row ? [row.phone_number, row.name].filter(Boolean).join(', ') : '';
