import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Import } from './upload';

interface FixesProps {
  known: Import;
  region: string;
  revise: (changes: object) => Promise<void>;
  isBusy: boolean;
}

const ENCODINGS = [
  'utf-8',
  'cp1252',
  'iso-8859-1',
  'utf-16',
  'cp1250',
  'cp1251',
  'cp1253',
  'cp1254',
  'shift_jis',
  'gb18030',
  'big5',
  'euc_kr',
];

/** How the file was understood. Each can be corrected, and the preview is made anew. */
export function Fixes({ known, revise, isBusy }: FixesProps) {
  const { t } = useTranslation('campaigns');
  const { format } = known;
  const [region, setRegion] = useState(known.region);
  const saveRegion = () => {
    const wanted = region.trim().toUpperCase();
    if (wanted && wanted !== known.region) void revise({ region: wanted });
  };
  const encoding = format.encoding ?? '';
  const delimiters: Record<string, string> = {
    ',': t('Comma'),
    ';': t('Semicolon'),
    '\t': t('Tab'),
    '|': t('Pipe'),
    '': t('None: one column'),
  };
  const delimiter = format.delimiter ?? '';
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        size="xs"
        label={t('First row')}
        disabled={isBusy}
        value={format.has_header ? 'yes' : 'no'}
        onChange={(event) => void revise({ has_header: event.currentTarget.value === 'yes' })}
        data={[
          { value: 'yes', label: t('Names of columns') },
          { value: 'no', label: t('A recipient already') },
        ]}
      />
      {format.kind === 'text' && (
        <>
          <NativeSelect
            size="xs"
            label={t('Columns are separated by')}
            disabled={isBusy}
            value={delimiter}
            onChange={(event) => void revise({ delimiter: event.currentTarget.value })}
            data={[
              ...Object.entries(delimiters).map(([value, label]) => ({ value, label })),
              ...(delimiter in delimiters ? [] : [{ value: delimiter, label: delimiter }]),
            ]}
          />
          <NativeSelect
            size="xs"
            label={t('Letters look wrong? Encoding')}
            disabled={isBusy}
            value={encoding}
            onChange={(event) => void revise({ encoding: event.currentTarget.value })}
            data={[...new Set([encoding, ...ENCODINGS])]}
          />
        </>
      )}
      {format.sheets.length > 1 && (
        <NativeSelect
          size="xs"
          label={t('Sheet')}
          disabled={isBusy}
          value={format.sheet ?? ''}
          onChange={(event) => void revise({ sheet: event.currentTarget.value })}
          data={format.sheets}
        />
      )}
      <TextInput
        size="xs"
        w={150}
        label={t('Numbers without + are of')}
        disabled={isBusy}
        value={region}
        maxLength={2}
        onChange={(event) => setRegion(event.currentTarget.value)}
        onBlur={saveRegion}
        onKeyDown={(event) => event.key === 'Enter' && saveRegion()}
      />
    </Group>
  );
}
