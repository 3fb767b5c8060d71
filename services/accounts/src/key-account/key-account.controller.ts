import { Body, Controller, Query } from '@nestjs/common';
import { Act, Caller, Create, Edge, Read, Request } from '@keyfold/event-sourcing-nest';
import { AssignOwner } from './assign-owner.js';
import { AttachToParent } from './attach-to-parent.js';
import { GrantClosure, RefuseClosure } from './decide-closure.js';
import { HandOver } from './hand-over.js';
import { GetKeyAccount, ListKeyAccounts } from './key-accounts.projection.js';
import { QualifyAsKeyAccount } from './qualify-as-key-account.js';
import { RegisterClient } from './register-client.js';
import { RegisterProspect } from './register-prospect.js';
import { RequestClosure } from './request-closure.js';
import { WithdrawAccount } from './withdraw-account.js';

const READERS = ['kam', 'director', 'service-agent', 'finance', 'auditor', 'bi'] as const;

@Controller('api/accounts/key-accounts')
export class KeyAccountController {
  constructor(private readonly edge: Edge) {}

  @Create('kam', 'director') registerProspect(@Body() body: RegisterProspect, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('register-client', 'director') registerClient(@Body() body: RegisterClient, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('qualify', 'director') qualify(@Body() body: QualifyAsKeyAccount, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('assign-owner', 'director') assignOwner(@Body() body: AssignOwner, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('hand-over', 'director') handOver(@Body() body: HandOver, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('attach-to-parent', 'director') attachToParent(@Body() body: AttachToParent, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Request('request-closure', 'director') requestClosure(@Body() body: RequestClosure, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('grant-closure', 'service') grantClosure(@Body() body: GrantClosure, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('refuse-closure', 'service') refuseClosure(@Body() body: RefuseClosure, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('withdraw', 'director') withdraw(@Body() body: WithdrawAccount, @Caller() caller: Caller) { return this.edge.run(body, caller); }

  @Read('', ...READERS) list(@Query() query: ListKeyAccounts, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read(':id', ...READERS) get(@Query() query: GetKeyAccount, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
