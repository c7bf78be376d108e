import { ActionIcon, Button, Group, Stack, Table, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { MessageSquareText, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { Empty, Failure, Loading } from '@/parts/states';

type Reply = Schemas['CannedReplyOut'];

/** Texts that the front desk writes often. */
export function CannedReplies() {
  const { t } = useTranslation('settings');
  const { act } = useAct();
  const [edited, setEdited] = useState<Reply | 'new' | null>(null);
  const found = $api.useQuery('get', '/api/canned-replies');
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const replies = found.data.items;
  const add = (
    <Button leftSection={<Plus size={14} />} onClick={() => setEdited('new')}>
      {t('New canned reply')}
    </Button>
  );
  return (
    <Stack>
      {replies.length === 0 ? (
        <Empty title={t('No canned reply yet')} icon={<MessageSquareText size={28} />} action={add}>
          {t('In the inbox a slash and its shortcut insert the text, with the customer’s name filled in.')}
        </Empty>
      ) : (
        <>
          <Group justify="flex-end">{add}</Group>
          <Table aria-label={t('Canned replies')}>
            <Table.Tbody>
              {replies.map((reply) => (
                <Table.Tr key={reply.id}>
                  <Table.Td w={180}>
                    <Text size="sm" fw={600}>
                      {reply.name}
                    </Text>
                    {reply.shortcut && (
                      <Text size="xs" c="dimmed">
                        /{reply.shortcut}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{reply.text}</Table.Td>
                  <Table.Td w={120} ta="right">
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <Button
                        variant="default"
                        onClick={() => setEdited(reply)}
                        aria-label={t('Edit {{name}}', { name: reply.name })}
                      >
                        {t('Edit')}
                      </Button>
                      <ActionIcon
                        aria-label={t('Delete {{name}}', { name: reply.name })}
                        onClick={() =>
                          void act(() =>
                            api.DELETE('/api/canned-replies/{canned_reply_id}', {
                              params: { path: { canned_reply_id: reply.id } },
                            }),
                          )
                        }
                      >
                        <Trash2 size={16} />
                      </ActionIcon>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      <Dialog
        opened={edited !== null}
        close={() => setEdited(null)}
        title={edited === 'new' ? t('New canned reply') : t('Canned reply')}
      >
        {edited && <ReplyForm reply={edited === 'new' ? null : edited} done={() => setEdited(null)} />}
      </Dialog>
    </Stack>
  );
}

function ReplyForm({ reply, done }: { reply: Reply | null; done: () => void }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const form = useForm({
    initialValues: { name: reply?.name ?? '', shortcut: reply?.shortcut ?? '', text: reply?.text ?? '' },
  });
  async function save(values: typeof form.values) {
    const body = { ...values, shortcut: values.shortcut || null };
    const saved = await act<unknown>(
      () =>
        reply
          ? api.PATCH('/api/canned-replies/{canned_reply_id}', {
              params: { path: { canned_reply_id: reply.id } },
              body,
            })
          : api.POST('/api/canned-replies', { body }),
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
