import { LEAVING_CAUSES, type LeavingCause } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { addDays, IsDateOnly, IsText, ReportingTime } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { memberUseCase } from './member-use-case.js';
import { offboard } from './team-member.aggregate.js';
import { TeamMembers } from './team-members.js';

/** The member leaves after that day; his portfolio is handed over by then (domain.md 4.10), and nobody reports to him any more. */
export class OffboardMember extends AggregateCommand {
  @IsDateOnly() lastDay!: string;
  @IsIn(LEAVING_CAUSES) cause!: LeavingCause;
  @IsText(500) reason!: string;
}

const leavesAt = (time: ReportingTime, lastDay: string): string => time.startOfDay(addDays(lastDay, 1));

export const offboardMemberCase = memberUseCase(OffboardMember, {
  route: 'team-members/:id/offboard',
  roles: ['director', 'hr'],
  needs: [TeamMembers, ReportingTime],
  async prepare({ id, lastDay }, member, [members, time]) {
    if (member.status !== 'onboarded') return [];
    await members.assertNoReports(id);
    return members.assertHandedOver(id, leavesAt(time, lastDay));
  },
  decide: (member, { lastDay, cause, reason }, cleared, [, time]) => offboard(member, { lastDay, cause, reason }, leavesAt(time, lastDay), cleared),
});
