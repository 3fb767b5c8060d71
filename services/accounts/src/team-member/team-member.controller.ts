import { Body, Controller, Query } from '@nestjs/common';
import { Act, Caller, Create, Edge, Read } from '@keyfold/event-sourcing-nest';
import { OnboardMember, ReassignMember, WithdrawMember } from './onboard-member.js';
import { GetTeamMember, ListTeamMembers } from './team-members.projection.js';

const READERS = ['kam', 'director', 'service-agent', 'finance', 'hr', 'auditor'] as const;

@Controller('api/accounts/team-members')
export class TeamMemberController {
  constructor(private readonly edge: Edge) {}

  @Create('director', 'hr') create(@Body() body: OnboardMember, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('onboard', 'director', 'hr') onboard(@Body() body: OnboardMember, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('reassign', 'director') reassign(@Body() body: ReassignMember, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('withdraw', 'director') withdraw(@Body() body: WithdrawMember, @Caller() caller: Caller) { return this.edge.run(body, caller); }

  @Read('', ...READERS) list(@Query() query: ListTeamMembers, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read(':id', ...READERS) get(@Query() query: GetTeamMember, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
