import type { TeamMemberEvent } from '@keyfold/contracts';
import type { TeamMember } from './team-member.aggregate.js';

/**
 * The workload at the end of a month (domain.md 3.15), once for each month; months before the last one measured are left alone. Above the threshold for the
 * second month in a row it has exceeded it, which is said once until it falls below. A month that was not measured breaks the row.
 */
export function measureWorkload(member: TeamMember, month: string, loadPercent: number | null, thresholdPercent: number): TeamMemberEvent[] {
  if (member.status !== 'onboarded' || member.role !== 'kam') return [];
  const last = member.workload;
  if (last && month <= last.month) return [];
  const measured: TeamMemberEvent = { type: 'accounts.team-member.workload-measured', data: { month, loadPercent, thresholdPercent } };
  if (loadPercent === null || loadPercent <= thresholdPercent || !last?.above || last.told || last.month !== monthBefore(month)) return [measured];
  return [measured, { type: 'accounts.team-member.workload-threshold-exceeded', data: { month, loadPercent, thresholdPercent, managerId: member.managerId } }];
}

function monthBefore(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}
