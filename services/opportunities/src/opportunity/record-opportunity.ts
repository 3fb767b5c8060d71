import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LOSS_REASONS, type LossReason, type Money, type Motion, MOTIONS, type Stage, STAGES } from '@keyfold/contracts';
import { DomainError, type Loaded, streamOf, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { AccountGuard, type InTime, IsBody, IsDateOnly, IsId, IsName, IsPositiveMoney, ProvenanceBody, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { isDeal, opportunity, type Opportunity, takeBackOpening } from './opportunity.aggregate.js';
import { type HistoricalDeal, opensOn, type Outcome, record } from './recorded-opportunity.aggregate.js';

class OutcomeBody {
  @IsIn(['won', 'lost']) result!: 'won' | 'lost';
  @IsDateOnly() closedOn!: string;
  /** Of a won deal; the amount of the deal when absent. */
  @IsOptional() @IsPositiveMoney() amount?: Money | null;
  @IsOptional() @IsIn(LOSS_REASONS) reason?: LossReason | null;
}

/** A deal from another system, with the dates it had there. */
export class RecordOpportunity extends AggregateCommand {
  /** null: not known yet. */
  @IsOptional() @IsId() accountId?: string | null;
  @IsName() name!: string;
  @IsOptional() @IsId() ownerId?: string | null;
  @IsOptional() @IsId() offeringId?: string | null;
  @IsIn(MOTIONS) motion!: Motion;
  @IsIn(STAGES) stage!: Stage;
  @IsOptional() @IsPositiveMoney() amount?: Money | null;
  /** null: the source does not say; an open deal then counts as open from now on. */
  @IsOptional() @IsDateOnly() openedOn?: string | null;
  @IsOptional() @IsBody(() => OutcomeBody) outcome?: OutcomeBody | null;
  @IsBody(() => ProvenanceBody) provenance!: ProvenanceBody;
}

@CommandHandler(RecordOpportunity)
export class RecordOpportunityHandler implements ICommandHandler<RecordOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly guard: AccountGuard,
    private readonly time: ReportingTime,
  ) {}

  async execute(command: RecordOpportunity) {
    const told = this.toldBy(command);
    const { now } = command.context;
    const known = await this.commands.load(opportunity, command.id);
    const streamId = streamOf(opportunity.contract, command.id);
    const hidden = isHidden(known, told.accountId);
    const opens = opensOn(known.state, told);
    const run = async (inTime: InTime = (events) => events) => {
      const barred = hidden && (await this.guard.attach(command, told.accountId!, { streamId, open: isOpen(known.state) }));
      return this.commands.create(opportunity, command, (state) => {
        // What the guard was asked for was another state.
        if (opensOn(state, told) !== opens) throw new WrongExpectedVersion(streamId, known.version);
        if (barred && isOpen(state)) throw new DomainError('account-closing');
        return inTime(record(state, told, now));
      });
    };
    // An open deal that gets its account is counted from the moment it is attached; everything else that becomes open goes through both looks at the guard.
    if (opens === null || isOpen(known.state)) return run();
    return this.guard.opening(command, opens, {
      open: run,
      takeBack: (step) => this.commands.also(opportunity, command.id, command, step, takeBackOpening),
    });
  }

  private toldBy(command: RecordOpportunity): HistoricalDeal {
    const { accountId = null, name, ownerId = null, offeringId = null, motion, stage, amount = null, openedOn, outcome, provenance } = command;
    const openedAt = openedOn ? this.time.startOfDay(openedOn) : null;
    const told = { accountId, name, ownerId, offeringId, motion, stage, amount: amount && money(amount), openedAt };
    const { source, entity, rowKey, run } = provenance;
    return { ...told, outcome: outcome ? this.outcomeOf(outcome) : null, provenance: { source, entity, rowKey, run } };
  }

  private outcomeOf({ result, closedOn, amount, reason }: OutcomeBody): Outcome {
    const at = this.time.startOfDay(closedOn);
    return result === 'won' ? { result, at, amount: amount ? money(amount) : null } : { result, at, reason: reason ?? 'not-recorded' };
  }
}

const money = ({ amountMinor, currency }: Money): Money => ({ amountMinor, currency });

const isOpen = (state: Opportunity): boolean => isDeal(state) && state.state === 'open';

/** The stream has another partition key than the account it is to get, so the account's closure would not find it. */
const isHidden = ({ state, partitionKey }: Loaded<Opportunity>, accountId: string | null): boolean =>
  accountId !== null && partitionKey !== null && partitionKey !== accountId && (!isDeal(state) || state.accountId === null);
