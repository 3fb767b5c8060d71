import { Button, SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import { type Incident, PRIORITIES } from '../api/rows.js';
import { useFilter } from '../as-of/as-of.js';
import { LiveNote } from '../as-of/live-note.js';
import { useMay } from '../session/permissions.js';
import { Icon } from '../ui/icons.js';
import { Empty, PageHead, Panel } from '../ui/states.js';
import { IncidentTable } from './incident-table.js';
import { ReportIncident } from './report-incident.js';

const EVERY_MS = 10_000;

export default function Incidents() {
  const { t } = useTranslation();
  const may = useMay();
  const { values, setFilter } = useFilter('state', 'priority');
  const [isReporting, setReporting] = useState(false);
  const state = values.state === 'resolved' ? 'resolved' : 'open';
  const list = useRows<Incident>('/api/satisfaction/incidents', { state, priority: values.priority }, { every: EVERY_MS });
  const report = may('report-incident') && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setReporting(true)}>
      {t('incident.report')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('nav.incidents')} hint={t('incident.hint')}>
        <SegmentedControl
          aria-label={t('incident.status')}
          data={[
            { value: 'open', label: t('incident.open') },
            { value: 'resolved', label: t('incident.status.resolved') },
          ]}
          value={state}
          onChange={(value) => setFilter({ state: value === 'open' ? null : value })}
        />
        <Select w={130} aria-label={t('incident.priority')} placeholder={t('incident.priority')} clearable data={[...PRIORITIES]} value={values.priority} onChange={(priority) => setFilter({ priority })} />
        {report}
      </PageHead>
      <LiveNote />
      <Panel flush>
        <IncidentTable
          list={list}
          withAccount
          empty={
            <Empty icon={state === 'open' ? 'check' : 'empty'} title={t(state === 'open' ? 'incident.empty' : 'incident.empty-resolved')}>
              {t('incident.empty-hint')}
            </Empty>
          }
        />
      </Panel>
      {isReporting && <ReportIncident onClose={() => setReporting(false)} />}
    </>
  );
}
