import type { Parts } from '@keyfold/event-sourcing-nest';
import { assignTaskCase, dismissTaskCase, doTaskCase } from './close-task.js';
import { raiseTaskWhenP1IncidentIsReported } from './raise-task-when-p1-incident-is-reported.js';
import { addTaskCase, raiseTaskCase } from './raise-task.js';
import { taskQueries, tasks } from './tasks.projection.js';

/** What tasks consist of. */
export const taskParts: Parts = {
  cases: [
    addTaskCase,
    raiseTaskCase,
    assignTaskCase,
    doTaskCase,
    dismissTaskCase,
    ...taskQueries,
  ],
  projections: [tasks],
  policies: [raiseTaskWhenP1IncidentIsReported],
};
