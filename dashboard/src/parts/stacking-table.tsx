import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stacking-table.module.css';

export interface Column<T> {
  /** The name of the column. Of a column of buttons: read out only. */
  name: string;
  of: (row: T) => ReactNode;
  /** Figures and buttons stand at the end of their column. */
  atEnd?: boolean;
  isUnnamed?: boolean;
  maxWidth?: number;
}

interface StackingTableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  rowClass?: string;
}

/** A table; on a phone its rows are cards, so that nothing has to be scrolled sideways. */
export function StackingTable<T>({ label, columns, rows, keyOf, rowClass }: StackingTableProps<T>) {
  return (
    <Table aria-label={label} className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ name, isUnnamed, atEnd }) => (
            <Table.Th key={name} ta={atEnd ? 'right' : undefined} aria-label={isUnnamed ? name : undefined}>
              {isUnnamed ? null : name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)} className={rowClass}>
            {columns.map(({ name, of, isUnnamed, atEnd, maxWidth }, place) => (
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
