import {
  Button,
  FileButton,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { casesOf } from './cases';
import { useDraftVersion, withDraft } from './draft-version';
import type { Assistant } from './one';

interface StartProps {
  assistant: Assistant;
  opened: boolean;
  close: () => void;
}

const DAY_MS = 86_400_000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Which version, against which, and over which texts. */
export function StartReplay({ assistant, opened, close }: StartProps) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [version, setVersion] = useState(String(assistant.draft_version ?? assistant.live_version));
  const [against, setAgainst] = useState('live');
  const [source, setSource] = useState('past');
  const [from, setFrom] = useState(() => dayOf(Date.now() - 7 * DAY_MS));
  const [to, setTo] = useState(() => dayOf(Date.now()));
  const [limit, setLimit] = useState(100);
  const [cases, setCases] = useState('');
  const [budget, setBudget] = useState(300_000);
  const [rubric, setRubric] = useState('');
  const [problem, setProblem] = useState('');
  const versions = $api.useQuery(
    'get',
    '/api/assistants/{assistant_id}/versions',
    { params: { path: { assistant_id: assistant.id }, query: { limit: 100 } } },
    { enabled: opened },
  );
  const start = $api.useMutation('post', '/api/assistants/{assistant_id}/replays', {
    onError: (error) => setProblem(asProblem(error).detail),
    onSuccess: async (replay) => {
      close();
      await queries.invalidateQueries({ queryKey: ['get', '/api/assistants/{assistant_id}/replays'] });
      await navigate({
        to: '/assistants/$assistantId',
        params: { assistantId: assistant.id },
        search: { tab: 'replays', replay: replay.id },
      });
    },
  });
  const draft = useDraftVersion(assistant, opened);
  const data = withDraft(draft, versions.data?.items ?? []).map((each) => ({
    value: String(each.version),
    label: `${t('Version {{version}}', { version: each.version })}${each.state === 'past' ? '' : ` (${each.state === 'live' ? t('live') : t('draft')})`}`,
  }));

  function submit() {
    setProblem('');
    try {
      start.mutate({
        params: { path: { assistant_id: assistant.id } },
        body: {
          version: Number(version),
          against: against === 'live' ? 'live' : Number(against),
          budget_tokens: budget,
          rubric,
          ...(source === 'past'
            ? {
                conversations: {
                  from: `${from}T00:00:00Z`,
                  to: new Date(new Date(`${to}T00:00:00Z`).getTime() + DAY_MS).toISOString(),
                  limit,
                },
              }
            : { set: casesOf(cases) }),
        },
      });
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <Dialog opened={opened} close={close} size="lg" title={t('New replay')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <Group grow>
            <Select
              label={t('Version to try')}
              data={data}
              value={version}
              onChange={(value) => setVersion(value ?? version)}
              allowDeselect={false}
            />
            <Select
              label={t('Beside')}
              data={[{ value: 'live', label: t('what is live') }, ...data]}
              value={against}
              onChange={(value) => setAgainst(value ?? 'live')}
              allowDeselect={false}
            />
          </Group>
          <SegmentedControl
            aria-label={t('Texts')}
            value={source}
            onChange={setSource}
            data={[
              { value: 'past', label: t('Past conversations') },
              { value: 'set', label: t('Questions of your own') },
            ]}
          />
          {source === 'past' ? (
            <Group grow align="flex-start">
              <TextInput
                type="date"
                label={t('From')}
                value={from}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={t('To')}
                value={to}
                onChange={(event) => setTo(event.currentTarget.value)}
              />
              <NumberInput
                label={t('At most so many turns')}
                min={1}
                max={500}
                value={limit}
                onChange={(value) => setLimit(Number(value) || 100)}
              />
            </Group>
          ) : (
            <Cases value={cases} change={setCases} />
          )}
          <Textarea
            label={t('Rubric')}
            description={t(
              'If given, a model also rates each answer by it, from 0 to 10. That doubles the cost.',
            )}
            autosize
            minRows={1}
            maxLength={4000}
            value={rubric}
            onChange={(event) => setRubric(event.currentTarget.value)}
          />
          <NumberInput
            label={t('It ends when it has used so many tokens')}
            min={1000}
            max={20_000_000}
            step={50_000}
            thousandSeparator=" "
            value={budget}
            onChange={(value) => setBudget(Number(value) || 300_000)}
          />
          <FormFoot
            deed={t('Start')}
            busy={start.isPending}
            disabled={source === 'set' && !cases.trim()}
            problem={problem}
            cancel={close}
          />
        </Stack>
      </form>
    </Dialog>
  );
}

const LARGEST = 5_000_000;

function Cases({ value, change }: { value: string; change: (text: string) => void }) {
  const { t } = useTranslation('assistants');
  const read = async (file: File | null) => {
    if (file && file.size <= LARGEST) change(await file.text());
  };
  return (
    <>
      <Textarea
        label={t('Questions')}
        description={t('One a line; after a tab, what your people would send. Or cases as JSON.')}
        autosize
        minRows={5}
        maxRows={14}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <FileButton accept=".txt,.tsv,.json" onChange={(file) => void read(file)}>
        {(props) => (
          <Button
            {...props}
            variant="subtle"
            size="compact-xs"
            leftSection={<FileUp size={13} />}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('Read from a file')}
          </Button>
        )}
      </FileButton>
    </>
  );
}
