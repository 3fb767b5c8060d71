import { accessExpiryContract, teamMemberContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessManager } from '@keyfold/event-sourcing';

export interface Expiry {
  readonly memberId: string;
  readonly grantId: string;
}

const GRANTED = 'accounts.team-member.role-granted';

/** Says that a granted role has run out, for whoever looks at the log; access itself ends by the clock, also when this is late. One instance per grant. */
export const accessExpiry: ProcessManager<Expiry | null> = {
  name: 'access-expiry',
  contract: accessExpiryContract,
  follows: [teamMemberContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (event.type === GRANTED ? (event.data as { grantId: string }).grantId : null),

  initial: null,

  evolve: (expiry, input) => (input.type === GRANTED ? { memberId: idOf(teamMemberContract, input.streamId), grantId: (input.data as { grantId: string }).grantId } : expiry),

  react(expiry, input) {
    if (!expiry) return [];
    if (input.type === GRANTED) return [{ timer: 'expires', at: (input.data as { expiresAt: string }).expiresAt }];
    return input.type === 'timer-fired' ? [{ step: 'expire', send: { name: 'team-members/expire-access', id: expiry.memberId, body: { grantId: expiry.grantId } } }] : [];
  },
};
