import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsMonth } from '@keyfold/platform';
import { teamMember } from '../team-member/team-member.aggregate.js';
import { measureWorkload } from '../team-member/team-member.workload.js';
import { Workloads } from './workloads.js';

/** Sent by the timer of the member when a month is over. */
export class ReviewWorkload extends AggregateCommand {
  @IsMonth() month!: string;
}

export const reviewWorkloadCase = useCase(ReviewWorkload, {
  route: 'team-members/:id/review-workload',
  roles: ['service'],
  on: teamMember,
  needs: [Workloads],
  prepare({ id, month, context }, member, [workloads]) {
    if (member.status !== 'onboarded') return Promise.resolve(null);
    const absences = Object.values(member.absences).filter((absence) => absence !== null);
    return workloads.of({ id, country: member.country, absences }, month, context.now);
  },
  decide: (member, { month }, workload) => (workload ? measureWorkload(member, month, workload.loadPercent, workload.thresholdPercent) : []),
});
