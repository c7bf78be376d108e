import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './stacking-table.module.css';

export interface Column<T> {
  name: string;
  of: (row: T) => ReactNode;
  /** Figures and buttons stand at the end of their column. */
  atEnd?: boolean;
  /** The name is read out only. */
  isUnnamed?: boolean;
  maxWidth?: number;
}

interface StackingTableProps<T> {
  label: string;
  columns: Column<T>[];
  /** What can be done with a row: a last column of buttons. */
  actions?: (row: T) => ReactNode;
  rows: T[];
  keyOf: (row: T) => string;
  rowClass?: string;
}

/** A table; on a phone its rows are cards, so that nothing has to be scrolled sideways. */
export function StackingTable<T>({ label, columns, actions, rows, keyOf, rowClass }: StackingTableProps<T>) {
  const { t } = useTranslation();
  const all = actions
    ? [...columns, { name: t('Actions'), isUnnamed: true, atEnd: true, of: actions } as Column<T>]
    : columns;
  return (
    <Table aria-label={label} className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          {all.map(({ name, isUnnamed, atEnd }) => (
            <Table.Th key={name} ta={atEnd ? 'right' : undefined} aria-label={isUnnamed ? name : undefined}>
              {isUnnamed ? null : name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)} className={rowClass}>
            {all.map(({ name, of, isUnnamed, atEnd, maxWidth }, place) => (
              <Table.Td
                key={name}
                data-column={name}
                data-whole={place === 0 || isUnnamed || undefined}
                ta={atEnd ? 'right' : undefined}
                maw={maxWidth}
              >
                {of(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
