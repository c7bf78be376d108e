import { ActionIcon, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { MessageSquareText, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Dialog } from '@/parts/dialog';
import { changedFields } from '@/parts/follow';
import { FormFoot } from '@/parts/form-foot';
import { GrowingList } from '@/parts/growing-list';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';

type Reply = Schemas['CannedReplyOut'];

/** Texts that the front desk writes often. */
export function CannedReplies() {
  const { t } = useTranslation('settings');
  const { act } = useAct();
  const [edited, setEdited] = useState<Reply | null>(null);
  const [deleted, setDeleted] = useState<Reply | null>(null);
  const found = $api.useQuery('get', '/api/canned-replies');
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const replies = found.data.items;
  return (
    <>
      <GrowingList
        deed={t('New canned reply')}
        empty={{
          title: t('No canned reply yet'),
          about: t(
            'In the inbox a slash and its shortcut insert the text, with the customer’s name filled in.',
          ),
          icon: <MessageSquareText size={28} />,
        }}
        isEmpty={replies.length === 0}
        form={(done) => <ReplyForm reply={null} done={done} />}
      >
        {replies.length > 0 && <Replies replies={replies} edit={setEdited} remove={setDeleted} />}
      </GrowingList>
      <Dialog opened={edited !== null} close={() => setEdited(null)} title={t('Canned reply')}>
        {edited && <ReplyForm reply={edited} done={() => setEdited(null)} />}
      </Dialog>
      <Confirm
        opened={deleted !== null}
        close={() => setDeleted(null)}
        act={() => {
          const canned_reply_id = deleted?.id ?? '';
          setDeleted(null);
          void act(() =>
            api.DELETE('/api/canned-replies/{canned_reply_id}', { params: { path: { canned_reply_id } } }),
          );
        }}
        title={t('Delete {{name}}', { name: deleted?.name })}
        deed={t('Delete')}
        danger
      >
        <Text size="sm">{t('It can no longer be inserted in the inbox. What was sent stays.')}</Text>
      </Confirm>
    </>
  );
}

interface RepliesProps {
  replies: Reply[];
  edit: (reply: Reply) => void;
  remove: (reply: Reply) => void;
}

function Replies({ replies, edit, remove }: RepliesProps) {
  const { t } = useTranslation('settings');
  return (
    <StackingTable
      label={t('Canned replies')}
      rows={replies}
      keyOf={(reply) => reply.id}
      columns={[
        {
          name: t('Name'),
          of: ({ name, shortcut }) => (
            <>
              <Text size="sm" fw={600}>
                {name}
              </Text>
              {shortcut && (
                <Text size="xs" c="dimmed">
                  /{shortcut}
                </Text>
              )}
            </>
          ),
        },
        { name: t('Text'), of: ({ text }) => <span style={{ overflowWrap: 'anywhere' }}>{text}</span> },
      ]}
      actions={(reply) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button
            variant="default"
            onClick={() => edit(reply)}
            aria-label={t('Edit {{name}}', { name: reply.name })}
          >
            {t('Edit')}
          </Button>
          <ActionIcon aria-label={t('Delete {{name}}', { name: reply.name })} onClick={() => remove(reply)}>
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      )}
    />
  );
}

function ReplyForm({ reply, done }: { reply: Reply | null; done: () => void }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const form = useForm({
    initialValues: { name: reply?.name ?? '', shortcut: reply?.shortcut ?? '', text: reply?.text ?? '' },
  });
  async function save(values: typeof form.values) {
    const asApiTakes = <T extends Partial<typeof values>>({ shortcut, ...others }: T) =>
      shortcut === undefined ? others : { ...others, shortcut: shortcut || null };
    const saved = await act<unknown>(
      () =>
        reply
          ? api.PATCH('/api/canned-replies/{canned_reply_id}', {
              params: { path: { canned_reply_id: reply.id } },
              body: part<Schemas['CannedReplyPatch']>(
                asApiTakes(changedFields(form.getInitialValues(), values)),
              ),
            })
          : api.POST('/api/canned-replies', { body: { ...values, shortcut: values.shortcut || null } }),
      t('Saved'),
    );
    if (saved) done();
  }
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="sm">
        <TextInput label={t('Name')} required data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label={t('Shortcut')}
          description={t('Typed after a slash')}
          {...form.getInputProps('shortcut')}
        />
        <Textarea
          label={t('Text')}
          description={t(
            '{first_name|there} becomes the customer’s first name, or “there”; {agent} your name.',
          )}
          required
          autosize
          minRows={3}
          {...form.getInputProps('text')}
        />
        <FormFoot deed={t('Save')} busy={isBusy} />
      </Stack>
    </form>
  );
}
