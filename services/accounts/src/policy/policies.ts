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

  /** The content in force on a date (today when absent): that of the code, else that of `default`, else what Keyfold takes for granted. */
  async inForce<Kind extends PolicyKind>(kind: Kind, day = this.today(), code = 'default'): Promise<PolicyContents[Kind]> {
    const { state } = await this.commands.load(policy, policyId(kind, code));
    const published = inForceOn(state, day)?.content as PolicyContents[Kind] | undefined;
    return published ?? (code === 'default' ? DEFAULT_POLICIES[kind] : this.inForce(kind, day));
  }

  /** What is in force today under a code; null where nothing was published for it. */
  async published<Kind extends PolicyKind>(kind: Kind, code: string): Promise<PolicyContents[Kind] | null> {
    const { state } = await this.commands.load(policy, policyId(kind, code));
    return (inForceOn(state, this.today())?.content ?? null) as PolicyContents[Kind] | null;
  }

  today(): string {
    return this.time.dateOf(this.commands.now().getTime());
  }
}
