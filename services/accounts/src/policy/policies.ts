import { Injectable } from '@nestjs/common';
import { DEFAULT_POLICIES, type PolicyContents, policyId, type PolicyKind } from '@keyfold/contracts';
import { Commands } from '@keyfold/event-sourcing-nest';
import { ReportingTime } from '@keyfold/platform';
import { inForceOn, policy } from './policy.aggregate.js';

/** The rules that the organisation gave itself, as they were on a day. */
@Injectable()
export class Policies {
  constructor(
    private readonly commands: Commands,
    private readonly time: ReportingTime,
  ) {}

  /** The content in force on a date (today when absent); what Keyfold takes for granted where nothing was published for that day. */
  async inForce<Kind extends PolicyKind>(kind: Kind, day = this.today(), code = 'default'): Promise<PolicyContents[Kind]> {
    const { state } = await this.commands.load(policy, policyId(kind, code));
    return (inForceOn(state, day)?.content ?? DEFAULT_POLICIES[kind]) as PolicyContents[Kind];
  }

  today(): string {
    return this.time.dateOf(this.commands.now().getTime());
  }
}
