import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsName, ProvenanceBody, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { CompanyProfileBody, profileOf } from './company-profile.js';
import { keyAccount, registerClient } from './key-account.aggregate.js';

/** An existing client, active from a date; the caller chooses the id, so that an import may say it again. */
export class RegisterClient extends AggregateCommand {
  @IsName() name!: string;
  @IsOptional() @IsBody(() => CompanyProfileBody) profile?: CompanyProfileBody;
  @IsDateOnly() activeSince!: string;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

@CommandHandler(RegisterClient)
export class RegisterClientHandler implements ICommandHandler<RegisterClient> {
  constructor(
    private readonly commands: Commands,
    private readonly time: ReportingTime,
  ) {}

  execute(command: RegisterClient) {
    const facts = { name: command.name, profile: profileOf(command.profile), provenance: command.provenance ?? null };
    const activeSince = this.time.startOfDay(command.activeSince);
    return this.commands.create(keyAccount, command, (account) => registerClient(account, facts, activeSince));
  }
}
