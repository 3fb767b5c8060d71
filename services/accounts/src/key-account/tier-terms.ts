import { Injectable } from '@nestjs/common';
import type { Tier } from '@keyfold/contracts';
import { monthsLater } from '@keyfold/platform';
import type { StreamWrite } from '@keyfold/event-sourcing';
import type { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { Policies } from '../policy/policies.js';
import { isTierA, type KeyAccount, ownersOf, ownsFrom } from './key-account.aggregate.js';
import type { Selection } from './key-account.tier.js';
import { TierASeats } from './tier-a-seats.js';

/** What the policies and the seats say when an account gets a tier or loses it. */
@Injectable()
export class TierTerms {
  constructor(
    private readonly policies: Policies,
    private readonly seats: TierASeats,
  ) {}

  /** Day by which a tier that is given or looked at today is to be looked at again. */
  async reviewOn(): Promise<string> {
    const { reviewMonths } = await this.policies.inForce('tiers');
    return monthsLater(this.policies.today(), reviewMonths);
  }

  /** A tier A takes its seat with the owner first, and with whoever is to be the next. */
  async claim(command: AggregateCommand, account: KeyAccount, tier: Tier): Promise<void> {
    if (tier !== 'A') return;
    for (const owner of ownersOf(account)) if (ownsFrom(account, owner, command.context.now)) await this.seats.claim(command, owner);
  }

  /** What is not of tier A any more gives its seat up last. */
  settle(command: AggregateCommand, account: KeyAccount): StreamWrite[] {
    return isTierA(account) ? [] : this.seats.release(command, ownersOf(account));
  }

  /** The selection policy of today, and whether the account was scored by its criteria. */
  async selectionFor(account: KeyAccount): Promise<Selection> {
    const scoredOn = account.status === 'unknown' ? null : (account.score?.on ?? null);
    const policy = await this.policies.inForce('selection');
    const then = scoredOn === null ? null : await this.policies.inForce('selection', scoredOn);
    return { policy, current: JSON.stringify(then?.criteria) === JSON.stringify(policy.criteria) };
  }

  today(): string {
    return this.policies.today();
  }
}
