import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule } from '@keyfold/event-sourcing-nest';
import { accountDirectory, type Config, finishErasureWhenItIsRequested, memberDirectory, personRoutes, serviceProviders } from '@keyfold/platform';
import { accountClosure } from './account-closure/account-closure.process.js';
import { AssignOwnerHandler } from './key-account/assign-owner.js';
import { AttachToParentHandler } from './key-account/attach-to-parent.js';
import { GrantClosureHandler, RefuseClosureHandler } from './key-account/decide-closure.js';
import { HandOverHandler } from './key-account/hand-over.js';
import { KeyAccountController } from './key-account/key-account.controller.js';
import { GetKeyAccountHandler, keyAccounts, ListKeyAccountsHandler } from './key-account/key-accounts.projection.js';
import { QualifyAsKeyAccountHandler } from './key-account/qualify-as-key-account.js';
import { RegisterClientHandler } from './key-account/register-client.js';
import { RegisterProspectHandler } from './key-account/register-prospect.js';
import { RequestClosureHandler } from './key-account/request-closure.js';
import { WithdrawAccountHandler } from './key-account/withdraw-account.js';
import { AssignTaskHandler, DismissTaskHandler, DoTaskHandler } from './task/close-task.js';
import { raiseTaskWhenP1IncidentIsReported } from './task/raise-task-when-p1-incident-is-reported.js';
import { AddTaskHandler, RaiseTaskHandler } from './task/raise-task.js';
import { TaskController } from './task/task.controller.js';
import { GetTaskHandler, ListTasksHandler, tasks } from './task/tasks.projection.js';
import { OnboardMemberHandler, ReassignMemberHandler, WithdrawMemberHandler } from './team-member/onboard-member.js';
import { TeamMemberController } from './team-member/team-member.controller.js';
import { GetTeamMemberHandler, ListTeamMembersHandler, teamMembers } from './team-member/team-members.projection.js';
import { TeamMembers } from './team-member/team-members.js';

const persons = personRoutes('accounts');

@Module({
  controllers: [KeyAccountController, TeamMemberController, TaskController, ...persons.controllers],
  providers: [
    ...persons.providers,
    RegisterProspectHandler,
    RegisterClientHandler,
    QualifyAsKeyAccountHandler,
    AssignOwnerHandler,
    HandOverHandler,
    AttachToParentHandler,
    RequestClosureHandler,
    GrantClosureHandler,
    RefuseClosureHandler,
    WithdrawAccountHandler,
    ListKeyAccountsHandler,
    GetKeyAccountHandler,
    TeamMembers,
    OnboardMemberHandler,
    ReassignMemberHandler,
    WithdrawMemberHandler,
    ListTeamMembersHandler,
    GetTeamMemberHandler,
    AddTaskHandler,
    RaiseTaskHandler,
    AssignTaskHandler,
    DoTaskHandler,
    DismissTaskHandler,
    ListTasksHandler,
    GetTaskHandler,
  ],
})
export class AccountsModule {
  /** Everything that accounts consists of. */
  static on(adapters: Adapters, config: Config): DynamicModule {
    const definition = {
      service: 'accounts',
      registry,
      projections: [memberDirectory, accountDirectory, keyAccounts, teamMembers, tasks],
      policies: [raiseTaskWhenP1IncidentIsReported, finishErasureWhenItIsRequested('accounts')],
      processes: [accountClosure],
    };
    return { module: AccountsModule, imports: [EventSourcingModule.forService(definition, adapters, serviceProviders(config))] };
  }
}
