import { ActionIcon } from '@mantine/core';
import { Paperclip, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { tellFailed } from '@/parts/told';
import classes from './composer.module.css';

interface Attachment {
  key: string;
  name: string;
  id: string | null;
}

export interface Attachments {
  all: Attachment[];
  ids: string[];
  isBusy: boolean;
  add: (files: File[]) => void;
  remove: (key: string) => void;
  clear: () => void;
}

const MOST = 10;

/** Pictures and files that go with the next text. They are uploaded as soon as they are chosen. */
export function useAttachments(): Attachments {
  const [all, setAll] = useState<Attachment[]>([]);
  const remove = (key: string) => setAll((before) => before.filter((one) => one.key !== key));
  async function upload(file: File) {
    const key = crypto.randomUUID();
    setAll((before) => [...before, { key, name: file.name || file.type, id: null }]);
    try {
      const form = new FormData();
      form.append('file', file);
      const { data } = await api.POST('/api/media', {
        body: form as never,
        bodySerializer: (body: unknown) => body as FormData,
      });
      setAll((before) => before.map((one) => (one.key === key ? { ...one, id: data?.id ?? null } : one)));
    } catch (error) {
      tellFailed(error);
      remove(key);
    }
  }
  return {
    all,
    ids: all.flatMap((one) => one.id ?? []),
    isBusy: all.some((one) => one.id === null),
    add: (files) => {
      for (const file of files.slice(0, MOST - all.length)) void upload(file);
    },
    remove,
    clear: () => setAll([]),
  };
}

export function Attach({ attachments }: { attachments: Attachments }) {
  const { t } = useTranslation('inbox');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <ActionIcon
        size="md"
        onClick={() => input.current?.click()}
        aria-label={t('Attach a picture or file')}
        title={t('Attach a picture or file')}
      >
        <Paperclip size={16} />
      </ActionIcon>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('Picture or file')}
        onChange={(event) => {
          attachments.add([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

export function Attached({ attachments }: { attachments: Attachments }) {
  const { t } = useTranslation('inbox');
  if (attachments.all.length === 0) return null;
  return (
    <ul className={classes.attached}>
      {attachments.all.map((one) => (
        <li key={one.key}>
          {one.name}
          {one.id === null && ` · ${t('uploading')}`}
          <button
            type="button"
            onClick={() => attachments.remove(one.key)}
            aria-label={t('Remove {{name}}', { name: one.name })}
          >
            <X size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
