import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Money } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsBody, IsName, IsPositiveMoney, ProvenanceBody } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { offering, register } from './offering.aggregate.js';

/** What the company sells; the caller chooses the id, so that an import may say it again. */
export class RegisterOffering extends AggregateCommand {
  @IsName() name!: string;
  @IsOptional() @IsName(100) family?: string | null;
  @IsOptional() @IsPositiveMoney() listPrice?: Money | null;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody | null;
}

@CommandHandler(RegisterOffering)
export class RegisterOfferingHandler implements ICommandHandler<RegisterOffering> {
  constructor(private readonly commands: Commands) {}

  execute(command: RegisterOffering) {
    const { name, family = null, listPrice = null, provenance = null } = command;
    return this.commands.create(offering, command, (state) => register(state, { name, family, listPrice, provenance }));
  }
}
