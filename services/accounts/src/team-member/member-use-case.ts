import type { Type } from '@nestjs/common';
import { type TeamMemberEvent } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { type AggregateCommand, type CommandDefinition, type Injectables, type UseCase, useCase } from '@keyfold/event-sourcing-nest';
import { teamMember, type TeamMember } from './team-member.aggregate.js';

type MemberCommandDefinition<C extends AggregateCommand, Needs extends Injectables, Prepared> = Omit<CommandDefinition<C, TeamMember, TeamMemberEvent, Needs, Prepared>, 'on' | 'permit' | 'ownerOf'>;

/** A command on a team member: for HR on everybody, for a director on himself and those below him. */
export const memberUseCase = <C extends AggregateCommand, const Needs extends Injectables = [], Prepared = void>(type: Type<C>, definition: MemberCommandDefinition<C, Needs, Prepared>): UseCase =>
  useCase<C, TeamMember, TeamMemberEvent, Needs, Prepared>(type, {
    ...definition,
    on: teamMember,
    async permit({ id, scope }) {
      if (!scope.covers(id)) throw new NotFound('team-member', id);
    },
  });
