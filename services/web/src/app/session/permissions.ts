import { useSession } from './session.js';

/** What a screen offers to whom. The services decide; this only spares people buttons that would be refused. */
const ROLES = {
  'report-incident': ['kam', 'service-agent', 'director'],
  'work-incident': ['kam', 'service-agent', 'director'],
  'work-deal': ['kam', 'director'],
  'work-task': ['kam', 'director', 'service-agent'],
  'hand-over': ['director'],
  'assign-owner': ['director'],
  'make-dormant': ['kam', 'director'],
  'request-closure': ['director'],
  'read-figures': ['kam', 'director', 'finance', 'auditor', 'bi'],
  'read-incidents': ['kam', 'director', 'service-agent', 'auditor', 'bi'],
  'read-tasks': ['kam', 'director', 'service-agent', 'auditor'],
} as const satisfies Record<string, readonly string[]>;

export type Permission = keyof typeof ROLES;

export function useMay(): (permission: Permission) => boolean {
  const role = useSession()?.role ?? '';
  return (permission) => (ROLES[permission] as readonly string[]).includes(role);
}
