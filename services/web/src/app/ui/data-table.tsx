import { Button, Skeleton, VisuallyHidden } from '@mantine/core';
import { type ColumnDef, createSortedRowModel, metaHelper, rowSortingFeature, type SortingState, tableFeatures, useTable } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rows } from '../api/queries.js';
import { Icon } from './icons.js';
import { Failed } from './states.js';
import { Tag } from './tag.js';

export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  columnMeta: metaHelper<{ align?: 'end'; width?: number | string }>(),
});

export type Columns<Row extends object> = readonly ColumnDef<typeof features, Row, any>[];

const SKELETON_ROWS = 6;
const NO_SORTING: SortingState = [];
const NO_ROWS: readonly never[] = [];

interface DataTableProps<Row extends object> {
  caption: string;
  columns: Columns<Row>;
  list: Pick<Rows<Row>, 'rows' | 'error'> & Partial<Rows<Row>>;
  rowId: (row: Row) => string;
  empty: ReactNode;
  sorting?: SortingState;
  onSorting?: (sorting: SortingState) => void;
  /** The rows come in order from the server; otherwise they are sorted here. */
  sortedByServer?: boolean;
}

/** A table of a list: sorted, paged, with a shape to look at while it loads. */
export function DataTable<Row extends object>({ caption, columns, list, rowId, empty, sorting = NO_SORTING, onSorting, sortedByServer = true }: DataTableProps<Row>) {
  const { t } = useTranslation();
  const table = useTable({
    features,
    columns: columns as ColumnDef<typeof features, Row>[],
    data: (list.rows ?? NO_ROWS) as Row[],
    getRowId: rowId,
    manualSorting: sortedByServer,
    enableSorting: onSorting !== undefined,
    enableSortingRemoval: false,
    state: { sorting },
    onSortingChange: (update) => onSorting?.(typeof update === 'function' ? update(sorting) : update),
  });
  if (list.error && !list.rows) return <Failed error={list.error} retry={list.retry} />;
  if (list.rows?.length === 0) return empty;
  return (
    <>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={caption}>
        <table className="table" aria-busy={!list.rows || list.isRefreshing}>
          <caption>
            <VisuallyHidden>{caption}</VisuallyHidden>
          </caption>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header) => (
                  <HeaderCell key={header.id} {...header.column.columnDef.meta} sorted={header.column.getIsSorted()} onSort={header.column.getCanSort() ? header.column.getToggleSortingHandler() : undefined}>
                    <table.FlexRender header={header} />
                  </HeaderCell>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {list.rows
              ? table.getRowModel().rows.map((row) => (
                  <tr key={row.id}>
                    {row.getAllCells().map((cell) => (
                      <td key={cell.id} className={cell.column.columnDef.meta?.align}>
                        <table.FlexRender cell={cell} />
                      </td>
                    ))}
                  </tr>
                ))
              : Array.from({ length: SKELETON_ROWS }, (_, row) => (
                  <tr key={row}>
                    {columns.map((_column, cell) => (
                      <td key={cell}>
                        <Skeleton height={14} my={4} width={cell === 0 ? '80%' : '60%'} />
                      </td>
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      {(list.hasMore || list.isStale) && (
        <div className="table-foot">
          {list.hasMore && (
            <Button variant="default" loading={list.isLoadingMore} onClick={list.loadMore}>
              {t('action.load-more')}
            </Button>
          )}
          {list.isStale && <Tag tone="info">{t('state.stale')}</Tag>}
        </div>
      )}
    </>
  );
}

interface HeaderCellProps {
  align?: 'end';
  width?: number | string;
  sorted: false | 'asc' | 'desc';
  onSort?: (event: unknown) => void;
  children: ReactNode;
}

function HeaderCell({ align, width, sorted, onSort, children }: HeaderCellProps) {
  const direction = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined;
  return (
    <th scope="col" className={align} style={{ width }} aria-sort={direction}>
      {onSort ? (
        <button type="button" className="sort" onClick={onSort}>
          {children}
          <Icon name={sorted === 'asc' ? 'up' : sorted === 'desc' ? 'down' : 'sort'} size={13} />
        </button>
      ) : (
        children
      )}
    </th>
  );
}
