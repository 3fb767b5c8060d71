import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsBody, IsName } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { CompanyProfileBody, profileOf } from './company-profile.js';
import { keyAccount, registerProspect } from './key-account.aggregate.js';

export class RegisterProspect extends AggregateCommand {
  @IsName() name!: string;
  @IsOptional() @IsBody(() => CompanyProfileBody) profile?: CompanyProfileBody;
}

@CommandHandler(RegisterProspect)
export class RegisterProspectHandler implements ICommandHandler<RegisterProspect> {
  constructor(private readonly commands: Commands) {}

  execute(command: RegisterProspect) {
    const facts = { name: command.name, profile: profileOf(command.profile) };
    const { roles, memberId } = command.context.actor;
    return this.commands.create(keyAccount, command, (account) => registerProspect(account, facts, roles.includes('kam') ? memberId : null));
  }
}
