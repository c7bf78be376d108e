import { ActionIcon } from '@mantine/core';
import { Paperclip, X } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Files, isLost } from '../data/files';
import classes from './composer.module.css';

export function Attach({ files }: { files: Files }) {
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
          files.add([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

export function Attached({ files }: { files: Files }) {
  const { t } = useTranslation('inbox');
  if (files.all.length === 0) return null;
  return (
    <ul className={classes.attached}>
      {files.all.map((one) => (
        <li key={one.key}>
          {one.name}
          {one.isUploading && ` · ${t('uploading')}`}
          {isLost(one) && (
            <span className={classes.problem} role="alert">
              {t('was not uploaded: choose it again')}
            </span>
          )}
          {one.problem && (
            <>
              <span className={classes.problem} role="alert">
                {one.problem}
              </span>
              <button
                type="button"
                data-words
                aria-disabled={one.isUploading || undefined}
                onClick={() => files.again(one)}
              >
                {t('Try again')}
              </button>
            </>
          )}
          <button
            type="button"
            onClick={() => files.remove(one.key)}
            aria-label={t('Remove {{name}}', { name: one.name })}
          >
            <X size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
