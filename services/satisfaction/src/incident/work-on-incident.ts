import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type IncidentEvent, PAUSE_REASONS, type PauseReason } from '@keyfold/contracts';
import type { CommandResult } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { Access, IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { acknowledge, type Incident, incident, pause, resolve, resume, withdraw } from './incident.aggregate.js';

/** Runs a command on an incident for those whose scope covers its account. */
@Injectable()
export class IncidentDesk {
  constructor(
    private readonly commands: Commands,
    private readonly access: Access,
  ) {}

  async run(command: AggregateCommand, decide: (state: Incident) => readonly IncidentEvent[]): Promise<CommandResult> {
    const { state } = await this.commands.load(incident, command.id);
    const owner = state.status === 'unknown' ? null : await this.access.ownerOf(state.accountId);
    return this.commands.change(incident, command, () => owner, decide);
  }
}

export class AcknowledgeIncident extends AggregateCommand {}

@CommandHandler(AcknowledgeIncident)
export class AcknowledgeIncidentHandler implements ICommandHandler<AcknowledgeIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute(command: AcknowledgeIncident) {
    return this.desk.run(command, acknowledge);
  }
}

export class PauseIncident extends AggregateCommand {
  @IsIn(PAUSE_REASONS) reason!: PauseReason;
}

@CommandHandler(PauseIncident)
export class PauseIncidentHandler implements ICommandHandler<PauseIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute(command: PauseIncident) {
    return this.desk.run(command, (state) => pause(state, command.reason));
  }
}

export class ResumeIncident extends AggregateCommand {}

@CommandHandler(ResumeIncident)
export class ResumeIncidentHandler implements ICommandHandler<ResumeIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute(command: ResumeIncident) {
    return this.desk.run(command, resume);
  }
}

export class ResolveIncident extends AggregateCommand {
  @IsText(10_000) resolution!: string;
}

@CommandHandler(ResolveIncident)
export class ResolveIncidentHandler implements ICommandHandler<ResolveIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute(command: ResolveIncident) {
    return this.desk.run(command, (state) => resolve(state, command.resolution));
  }
}

/** The report met a closing account. */
export class WithdrawIncident extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(WithdrawIncident)
export class WithdrawIncidentHandler implements ICommandHandler<WithdrawIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute(command: WithdrawIncident) {
    return this.desk.run(command, (state) => withdraw(state, command.reason));
  }
}
