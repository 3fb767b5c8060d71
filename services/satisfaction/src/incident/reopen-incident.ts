import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { Access, AccountGuard, IsText, Settings } from '@keyfold/platform';
import { type Incident, incident, reopen, resolve } from './incident.aggregate.js';
import { runningTime } from './sla-clock.js';

/** Five business days of eight hours: within them the same clock goes on (domain.md 3.4). */
const REOPEN_WITHIN_MS = 5 * 8 * 3_600_000;

export class ReopenIncident extends AggregateCommand {
  @IsText(2_000) reason!: string;
}

/** Opens something on an account again, so it passes the guard like a report. */
@CommandHandler(ReopenIncident)
export class ReopenIncidentHandler implements ICommandHandler<ReopenIncident> {
  constructor(
    private readonly commands: Commands,
    private readonly access: Access,
    private readonly guard: AccountGuard,
    private readonly settings: Settings,
  ) {}

  async execute(command: ReopenIncident) {
    const { state } = await this.commands.load(incident, command.id);
    if (state.status === 'unknown') throw new NotFound('incident', command.id);
    const owner = await this.access.ownerOf(state.accountId);
    return this.guard.opening(command, state.accountId, {
      check: async () => {
        if ((await this.access.account(state.accountId))?.status === 'closed') throw new DomainError('account-closed');
      },
      open: (inTime) => this.commands.change(incident, command, () => owner, (current) => inTime(reopen(current, command.reason, this.inTime(current, command.context.now)))),
      takeBack: (step) => this.commands.also(incident, command.id, command, step, (current) => resolve(current, 'account-closing')),
    });
  }

  private inTime(state: Incident, now: string): boolean {
    if (state.status === 'unknown' || state.resolvedAt === null) return true;
    return runningTime(Date.parse(state.resolvedAt), Date.parse(now), 'business-hours', this.settings.timeZone) <= REOPEN_WITHIN_MS;
  }
}
