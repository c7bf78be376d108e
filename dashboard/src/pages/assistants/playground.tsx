import { Button, Group, SegmentedControl, Stack, Text, Textarea, UnstyledButton } from '@mantine/core';
import { RotateCcw, Send } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { useMay } from '@/session/me';
import classes from './assistants.module.css';
import type { Assistant } from './one';
import { Why } from './why';

export type Trial = Schemas['TryOut'];
interface Said {
  author: 'customer' | 'assistant';
  text: string;
  trial?: Trial;
}

/** A conversation with the draft or the live version. Nothing is sent to anybody, and nothing is done. */
export function Playground({ assistant }: { assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  const mayWork = useMay('agent');
  const [version, setVersion] = useState(assistant.draft_version !== null ? 'draft' : 'live');
  const [said, setSaid] = useState<Said[]>([]);
  const [shown, setShown] = useState<Trial | null>(null);
  const [text, setText] = useState('');
  const [guide, setGuide] = useState('');
  const ask = $api.useMutation('post', '/api/assistants/{assistant_id}/try', {
    onSuccess: (trial) => {
      setSaid((before) => [...before, { author: 'assistant', text: trial.text, trial }]);
      setShown(trial);
    },
  });

  function send() {
    const words = text.trim();
    if (!words || ask.isPending) return;
    const next: Said[] = [...said, { author: 'customer', text: words }];
    setSaid(next);
    setText('');
    ask.mutate({
      params: { path: { assistant_id: assistant.id } },
      body: {
        // An answer without words, such as a hand-over, was never said.
        messages: next
          .filter((each) => each.text)
          .map(({ author, text: words }) => ({ author, text: words })),
        guide,
        version: version === 'draft' ? assistant.draft_version : null,
      },
    });
  }

  return (
    <div className={classes.two}>
      <Section
        title={t('Playground')}
        actions={
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('Version')}
              value={version}
              onChange={setVersion}
              data={[
                { value: 'live', label: t('Live') },
                { value: 'draft', label: t('Draft'), disabled: assistant.draft_version === null },
              ]}
            />
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<RotateCcw size={13} />}
              disabled={said.length === 0}
              onClick={() => {
                setSaid([]);
                setShown(null);
                ask.reset();
              }}
            >
              {t('Start over')}
            </Button>
          </>
        }
        about={t('You are the customer. Nothing is sent to anybody.')}
      >
        <div className={classes.chat} role="log" aria-label={t('Conversation')}>
          {said.map((each, n) => (
            <Bubble
              key={`said ${n.toString()}`}
              said={each}
              isChosen={each.trial !== undefined && each.trial === shown}
              choose={() => each.trial && setShown(each.trial)}
            />
          ))}
          {ask.isPending && <span className={rowStyles.quiet}>{t('The assistant is thinking …')}</span>}
        </div>
        {ask.error && (
          <Text c="red" size="sm" role="alert" mb="xs">
            {asProblem(ask.error).detail}
          </Text>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <Stack gap="xs">
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <Textarea
                flex={1}
                aria-label={t('Text of the customer')}
                placeholder={t('Ask what a customer would ask …')}
                autosize
                maxRows={6}
                maxLength={10000}
                disabled={!mayWork}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || event.shiftKey) return;
                  event.preventDefault();
                  send();
                }}
              />
              <Button
                type="submit"
                size="sm"
                leftSection={<Send size={14} />}
                disabled={!text.trim() || !mayWork}
                loading={ask.isPending}
              >
                {t('Ask')}
              </Button>
            </Group>
            <Textarea
              label={t('Guide of this conversation')}
              description={t('What a colleague would have noted for this conversation. It may stay empty.')}
              autosize
              minRows={1}
              maxRows={6}
              maxLength={20000}
              value={guide}
              onChange={(event) => setGuide(event.currentTarget.value)}
            />
          </Stack>
        </form>
      </Section>
      <Why trial={shown} />
    </div>
  );
}

interface BubbleProps {
  said: Said;
  isChosen: boolean;
  choose: () => void;
}

function Bubble({ said, isChosen, choose }: BubbleProps) {
  const { t } = useTranslation('assistants');
  if (said.author === 'customer')
    return (
      <div className={`${classes.said} ${classes.theirs}`} dir="auto">
        {said.text}
      </div>
    );
  const outcome = said.trial?.outcome;
  const event = {
    reply: '',
    hand_over: t('It hands over to a person'),
    refusal: t('The model refused to answer'),
    failure: t('The model could not be reached'),
  }[outcome ?? 'reply'];
  return (
    <>
      {said.text && (
        <UnstyledButton
          className={`${classes.said} ${classes.ours}`}
          data-chosen={isChosen || undefined}
          aria-pressed={isChosen}
          title={t('Why this answer?')}
          onClick={choose}
          dir="auto"
        >
          {said.text}
        </UnstyledButton>
      )}
      {event && (
        <UnstyledButton className={classes.event} onClick={choose}>
          {event}
        </UnstyledButton>
      )}
    </>
  );
}
