import { NativeSelect, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/words/format';
import { reasonIn } from '../states';
import { assign, FIELDS, ownName, sureness } from './columns';
import type { Import } from './upload';
import classes from './wizard.module.css';

interface MappingProps {
  known: Import;
  revise: (changes: object) => Promise<void>;
  isBusy: boolean;
}

/** The file as it was read, with a menu over each column. Rows that would not be added are red and say why. */
export function Mapping({ known, revise, isBusy }: MappingProps) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { rows } = known;
  const bad = rows.rejected + rows.duplicates;
  return (
    <>
      <Text size="sm" role="status">
        {known.sampled
          ? t('Of the first {{count, number}} rows:', { count: rows.read })
          : t('Of {{count, number}} rows:', { count: rows.read })}{' '}
        {t('{{good}} will be added, {{bad}} will not.', {
          good: format.number(rows.accepted),
          bad: format.number(bad),
        })}
      </Text>
      <Table.ScrollContainer minWidth={Math.max(480, known.columns.length * 170)}>
        <Table aria-label={t('Column mapping')} withTableBorder aria-busy={isBusy}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={48}>{t('Row')}</Table.Th>
              {known.columns.map((column) => (
                <Column key={column.index} column={column} known={known} revise={revise} isBusy={isBusy} />
              ))}
              <Table.Th>{t('Result')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {known.preview_rows.map((row) => (
              <Table.Tr key={row.row} className={row.code ? classes.refused : undefined}>
                <Table.Td className={classes['row-number']}>{row.row}</Table.Td>
                {known.columns.map((column) => (
                  <Table.Td key={column.index} className={classes.cell} title={row.values[column.index]}>
                    {row.values[column.index]}
                  </Table.Td>
                ))}
                <Table.Td className={row.code ? classes.reason : undefined}>
                  {row.code ? (
                    <>
                      <strong>{reasonIn(t, row.code)}</strong>
                      <br />
                      {row.detail}
                    </>
                  ) : (
                    t('will be added')
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

type Column = Import['columns'][number];

function Column({ column, known, revise, isBusy }: MappingProps & { column: Column }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const field = known.mapping[String(column.index)] ?? null;
  const own = ownName(column.header, column.index, known.mapping);
  const names: Record<(typeof FIELDS)[number], string> = {
    phone_number: t('Phone number'),
    name: t('Name'),
    first_name: t('First name'),
    last_name: t('Last name'),
    company: t('Company'),
    email: t('E-mail'),
  };
  const isOwn = field !== null && !(FIELDS as readonly string[]).includes(field);
  const header = column.header || t('Column {{n}}', { n: column.index + 1 });
  const guess = column.guess;
  const isGuess = guess?.field === field && field !== null;
  const level = sureness(guess?.confidence ?? 0);
  return (
    <Table.Th miw={160}>
      <NativeSelect
        size="xs"
        disabled={isBusy}
        label={header}
        value={field ?? ''}
        onChange={(event) =>
          void revise({ mapping: assign(known.mapping, column.index, event.currentTarget.value || null) })
        }
        data={[
          { value: '', label: t('Leave out') },
          ...FIELDS.map((one) => ({ value: one, label: names[one] })),
          { value: isOwn ? field : own, label: `{${isOwn ? field : own}}` },
        ]}
      />
      <span className={classes.confidence} data-low={(isGuess && !isOwn && level === 'unsure') || undefined}>
        {isOwn
          ? t('a variable for texts')
          : isGuess
            ? t('recognised, {{percent}} sure', { percent: format.percent(guess?.confidence ?? 0) })
            : field === null
              ? t('not imported')
              : t('as you chose')}
      </span>
    </Table.Th>
  );
}
