import {
  ActionIcon,
  Button,
  FileInput,
  Group,
  SegmentedControl,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { FileUp, Plus, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';

type Kind = 'text' | 'pairs' | 'file';
type Pair = Schemas['PairOut'];
const NO_PAIR: Pair = { question: '', answer: '' };

interface AddProps {
  assistantId: string;
  opened: boolean;
  close: () => void;
}

/** Adds a text, questions with answers, or a file. A file is read after it was taken; the list shows how that went. */
export function AddKnowledge({ assistantId, opened, close }: AddProps) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>('file');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [pairs, setPairs] = useState<Pair[]>([NO_PAIR]);
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    if (!opened) return;
    setTitle('');
    setText('');
    setPairs([NO_PAIR]);
    setFile(null);
    setProblem('');
  }, [opened]);
  const whole = pairs.filter(({ question, answer }) => question.trim() && answer.trim());
  const isReady = kind === 'file' ? file : title.trim() && (kind === 'text' ? text.trim() : whole.length);

  async function add() {
    setBusy(true);
    setProblem('');
    try {
      const params = { path: { assistant_id: assistantId } };
      if (kind === 'file')
        await api.POST('/api/assistants/{assistant_id}/knowledge', {
          params,
          body: { file, title } as never,
          bodySerializer: () => formOf(file as File, title),
        });
      else
        await api.POST('/api/assistants/{assistant_id}/knowledge', {
          params,
          body: (kind === 'text' ? { title, text } : { title, pairs: whole }) as never,
        });
      await queries.invalidateQueries({ queryKey: ['get', '/api/assistants/{assistant_id}/knowledge'] });
      close();
    } catch (error) {
      setProblem(asProblem(error).detail);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog opened={opened} close={close} size="lg" title={t('Add knowledge')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('Kind of knowledge')}
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            data={[
              { value: 'file', label: t('File') },
              { value: 'text', label: t('Text') },
              { value: 'pairs', label: t('Questions and answers') },
            ]}
          />
          {kind === 'file' && (
            <FileInput
              label={t('File')}
              description={t('txt, md, pdf, docx or csv; 25 MB at most')}
              placeholder={t('Choose a file')}
              leftSection={<FileUp size={15} aria-hidden />}
              accept=".txt,.md,.pdf,.docx,.csv"
              clearable
              value={file}
              onChange={setFile}
            />
          )}
          <TextInput
            label={t('Title')}
            description={kind === 'file' ? t('Empty: the name of the file.') : undefined}
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          {kind === 'text' && (
            <Textarea
              label={t('Text')}
              description={t('Headings (# …) and blank lines say where it may be cut into passages.')}
              autosize
              minRows={8}
              maxRows={20}
              maxLength={200000}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          {kind === 'pairs' && <PairRows pairs={pairs} change={setPairs} />}
          <FormFoot deed={t('Add')} busy={isBusy} disabled={!isReady} problem={problem} cancel={close} />
        </Stack>
      </form>
    </Dialog>
  );
}

function formOf(file: File, title: string): FormData {
  const form = new FormData();
  form.append('file', file);
  if (title.trim()) form.append('title', title.trim());
  return form;
}

function PairRows({ pairs, change }: { pairs: Pair[]; change: (pairs: Pair[]) => void }) {
  const { t } = useTranslation('assistants');
  const set = (n: number, own: Partial<Pair>) =>
    change(pairs.map((pair, at) => (at === n ? { ...pair, ...own } : pair)));
  return (
    <Stack gap="sm">
      {pairs.map((pair, n) => (
        <Group key={`pair ${n.toString()}`} gap={6} wrap="nowrap" align="flex-start">
          <Stack gap={4} flex={1}>
            <TextInput
              aria-label={t('Question {{n}}', { n: n + 1 })}
              placeholder={t('What customers ask')}
              maxLength={500}
              value={pair.question}
              onChange={(event) => set(n, { question: event.currentTarget.value })}
            />
            <Textarea
              aria-label={t('Answer {{n}}', { n: n + 1 })}
              placeholder={t('What is true')}
              autosize
              minRows={1}
              maxLength={4000}
              value={pair.answer}
              onChange={(event) => set(n, { answer: event.currentTarget.value })}
            />
          </Stack>
          <ActionIcon
            mt={6}
            aria-label={t('Remove question {{n}}', { n: n + 1 })}
            onClick={() => change(pairs.filter((_, at) => at !== n))}
          >
            <X size={14} />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<Plus size={12} />}
          onClick={() => change([...pairs, NO_PAIR])}
        >
          {t('Add a question')}
        </Button>
      </div>
    </Stack>
  );
}
