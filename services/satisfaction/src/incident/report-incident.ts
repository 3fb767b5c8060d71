import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Level, LEVELS } from '@keyfold/contracts';
import { DomainError, NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, PersonalField, uuid5 } from '@keyfold/event-sourcing-nest';
import { Access, AccountGuard, IsId, IsName, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { incident, report, withdraw } from './incident.aggregate.js';
import { priorityOf, targetsOf } from './sla-clock.js';

export class ReportIncident extends AggregateCommand {
  @IsId() accountId!: string;
  @IsName(200) title!: string;
  @IsOptional() @IsText(10_000) description?: string | null;
  @IsIn(LEVELS) impact!: Level;
  @IsIn(LEVELS) urgency!: Level;
  /** How to reach whoever reported it: personal, encrypted in the log. */
  @PersonalField() @IsOptional() @IsName(200) reporterContact?: string | null;
}

@CommandHandler(ReportIncident)
export class ReportIncidentHandler implements ICommandHandler<ReportIncident> {
  constructor(
    private readonly commands: Commands,
    private readonly access: Access,
    private readonly guard: AccountGuard,
  ) {}

  execute(command: ReportIncident) {
    const { accountId } = command;
    const facts = this.factsOf(command);
    return this.guard.opening(command, accountId, {
      check: () => this.assertAccount(command),
      open: (inTime) => this.commands.create(incident, command, (state) => inTime(report(state, facts))),
      takeBack: (step) => this.commands.also(incident, command.id, command, step, (state) => withdraw(state, 'account-closing')),
    });
  }

  private async assertAccount({ accountId, scope }: ReportIncident): Promise<void> {
    const account = await this.access.account(accountId);
    if (!account || !scope.covers(await this.access.ownerOf(accountId))) throw new NotFound('account', accountId);
    if (account.status === 'closed') throw new DomainError('account-closed');
    if (account.status === 'merged') throw new DomainError('account-merged', { successorId: account.successorId! });
  }

  private factsOf({ accountId, title, description = null, impact, urgency, reporterContact = null, context }: ReportIncident) {
    const priority = priorityOf(impact, urgency);
    const reporterId = reporterContact === null ? null : uuid5(context.commandId, 'reporter');
    return { accountId, title, description, impact, urgency, priority, targets: targetsOf(priority), reporterId, reporterContact };
  }
}
