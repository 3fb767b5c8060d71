import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import { type PortfolioRow, type TeamMember, TIERS } from '../api/rows.js';
import { useAsOfQuery, useFilter } from '../as-of/as-of.js';
import { DataTable } from '../ui/data-table.js';
import { Icon } from '../ui/icons.js';
import { Empty, PageHead, Panel } from '../ui/states.js';
import { usePortfolioColumns } from './portfolio-columns.js';

const TYPING_MS = 250;
const SORTS = ['attention', 'name', 'wonValue', 'openDeals'] as const;

export default function Portfolio() {
  const { t } = useTranslation();
  const { main } = useAsOfQuery();
  const { values, setFilter, isFiltered } = useFilter('q', 'tier', 'ownerId', 'sort');
  const sort = SORTS.find((name) => name === values.sort) ?? 'attention';
  const list = useRows<PortfolioRow>('/api/reporting/portfolio', { ...main, ...values, sort });
  const columns = usePortfolioColumns();
  return (
    <>
      <PageHead title={t('portfolio.title')} hint={t('portfolio.hint')}>
        <PortfolioFilters values={values} setFilter={setFilter} />
      </PageHead>
      <Panel flush>
        <DataTable
          caption={t('portfolio.title')}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          sorting={[{ id: sort, desc: sort !== 'name' }]}
          onSorting={([next]) => setFilter({ sort: next && next.id !== 'attention' ? next.id : null })}
          empty={isFiltered ? <Empty title={t('portfolio.no-match')}>{t('portfolio.no-match-hint')}</Empty> : <Empty icon="portfolio" title={t('portfolio.empty')}>{t('portfolio.empty-hint')}</Empty>}
        />
      </Panel>
    </>
  );
}

type Filters = ReturnType<typeof useFilter<'q' | 'tier' | 'ownerId' | 'sort'>>;

function PortfolioFilters({ values, setFilter }: Pick<Filters, 'values' | 'setFilter'>) {
  const { t } = useTranslation();
  const [text, setText] = useState(values.q ?? '');
  const search = useDebouncedCallback((q: string) => setFilter({ q: q.trim() || null }), TYPING_MS);
  const members = useRows<TeamMember>('/api/accounts/team-members', { limit: 200 });
  return (
    <>
      <TextInput
        type="search"
        aria-label={t('portfolio.search')}
        placeholder={t('portfolio.search')}
        leftSection={<Icon name="search" size={16} />}
        value={text}
        maxLength={100}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          search(currentTarget.value);
        }}
      />
      <Select w={120} aria-label={t('account.tier')} placeholder={t('account.tier')} clearable data={TIERS.map((tier) => ({ value: tier, label: t('account.tier-name', { tier }) }))} value={values.tier} onChange={(tier) => setFilter({ tier })} />
      <Select
        w={190}
        aria-label={t('account.owner')}
        placeholder={t('account.owner')}
        clearable
        searchable
        limit={50}
        nothingFoundMessage={t('state.nothing-found')}
        data={(members.rows ?? []).map(({ id, name }) => ({ value: id, label: name ?? t('person.erased') }))}
        value={values.ownerId}
        onChange={(ownerId) => setFilter({ ownerId })}
      />
    </>
  );
}
