import type { PlanLifecycleEvent, PlanStatus } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import type { Folds } from './plan-items.aggregate.js';

/** Where a plan stands (domain.md 4.3): draft, submitted, approved, active, closed; a revision is a draft again while the version before it is in force. */
export interface PlanLife {
  readonly status: PlanStatus;
  /** The version that is drafted, decided on or in force. */
  readonly version: number;
  /** The version in force; null before the first. */
  readonly activeVersion: number | null;
  readonly submittedById: string | null;
}

export const NEW_PLAN: PlanLife = { status: 'draft', version: 1, activeVersion: null, submittedById: null };

export function lifecycleFolds<Plan extends string, State extends PlanLife>(plan: Plan): Folds<State, PlanLifecycleEvent<Plan>> {
  const to = (status: PlanStatus) => (state: State): State => ({ ...state, status });
  const folds: Readonly<Record<string, (state: State, fact: { data: { version: number; submittedById: string } }) => State>> = {
    [`${plan}.submitted`]: (state, { data }) => ({ ...state, status: 'submitted', submittedById: data.submittedById }),
    [`${plan}.recalled`]: to('recalled'),
    [`${plan}.rejected`]: to('rejected'),
    [`${plan}.reworked`]: to('draft'),
    [`${plan}.approved`]: to('approved'),
    [`${plan}.activated`]: (state) => ({ ...state, status: 'active', activeVersion: state.version }),
    [`${plan}.revised`]: (state, { data }) => ({ ...state, status: 'draft', version: data.version, submittedById: null }),
    [`${plan}.closed`]: to('closed'),
  };
  return folds as unknown as Folds<State, PlanLifecycleEvent<Plan>>;
}

/** The decisions on the life of a plan. Each is nothing where it was taken before, and a refusal where the plan stands elsewhere. */
export class PlanLifecycle<Plan extends string> {
  constructor(private readonly plan: Plan) {}

  /** `missing`: codes of what the plan lacks, all of it. */
  submit({ status, version }: PlanLife, submittedById: string, missing: readonly string[]): PlanLifecycleEvent<Plan>[] {
    if (status === 'submitted') return [];
    if (status !== 'draft') throw new DomainError('plan-not-draft', { status });
    if (missing.length > 0) throw new DomainError('plan-incomplete', { missing });
    return [this.event('submitted', { version, submittedById })];
  }

  recall({ status, version }: PlanLife, reason: string | null): PlanLifecycleEvent<Plan>[] {
    if (status === 'recalled') return [];
    assertSubmitted(status);
    return [this.event('recalled', { version, reason })];
  }

  /** `missing`: by the rules of the day of the approval, which may not be those of the submission. */
  approve(life: PlanLife, approval: { approvedById: string; note: string | null }, missing: readonly string[]): PlanLifecycleEvent<Plan>[] {
    if (life.status === 'approved') return [];
    assertDecidedByAnother(life, approval.approvedById);
    if (missing.length > 0) throw new DomainError('plan-incomplete', { missing });
    return [this.event('approved', { version: life.version, ...approval })];
  }

  reject(life: PlanLife, rejectedById: string, reason: string): PlanLifecycleEvent<Plan>[] {
    if (life.status === 'rejected') return [];
    assertDecidedByAnother(life, rejectedById);
    return [this.event('rejected', { version: life.version, rejectedById, reason })];
  }

  rework({ status, version }: PlanLife): PlanLifecycleEvent<Plan>[] {
    if (status === 'draft') return [];
    if (status !== 'rejected' && status !== 'recalled') throw new DomainError('plan-not-to-rework', { status });
    return [this.event('reworked', { version })];
  }

  activate({ status, version }: PlanLife): PlanLifecycleEvent<Plan>[] {
    if (status === 'active') return [];
    if (status !== 'approved') throw new DomainError('plan-not-approved', { status });
    return [this.event('activated', { version })];
  }

  /** Said again while the revision is a draft it is nothing. */
  revise({ status, version, activeVersion }: PlanLife, reason: string): PlanLifecycleEvent<Plan>[] {
    if (status === 'draft' && activeVersion !== null) return [];
    if (status !== 'active') throw new DomainError('plan-not-active', { status });
    return [this.event('revised', { version: version + 1, reason })];
  }

  /** Ends what is in force, and a revision of it with it. */
  close(life: PlanLife, reason: string, open: { openObjectiveIds: readonly string[]; openActionIds: readonly string[] }): PlanLifecycleEvent<Plan>[] {
    if (life.status === 'closed') return [];
    if (!isInForce(life)) throw new DomainError('plan-not-in-force');
    return [this.event('closed', { reason, ...open })];
  }

  private event<Step extends string>(step: Step, data: object): PlanLifecycleEvent<Plan> {
    return { type: `${this.plan}.${step}`, data } as PlanLifecycleEvent<Plan>;
  }
}

export const isInForce = ({ status, activeVersion }: PlanLife): boolean => activeVersion !== null && status !== 'closed';

/** What a plan aims at changes in a draft alone. */
export function assertDraft({ status }: PlanLife): void {
  if (status === 'closed') throw new DomainError('plan-closed');
  if (status !== 'draft') throw new DomainError('plan-not-draft', { status });
}

/** What is learnt is recorded in a draft and while the plan is active: nothing moves under the eyes of whoever decides on it. */
export function assertRecordable(life: PlanLife): void {
  if (life.status !== 'active') assertDraft(life);
}

/** Work goes on in a draft and while a version is in force, also when the next one is being decided on. */
export function assertWorkable(life: PlanLife): void {
  if (!isInForce(life)) assertDraft(life);
}

export function assertInForce(life: PlanLife): void {
  if (life.status === 'closed') throw new DomainError('plan-closed');
  if (!isInForce(life)) throw new DomainError('plan-not-in-force');
}

function assertSubmitted(status: PlanStatus): void {
  if (status !== 'submitted') throw new DomainError('plan-not-submitted', { status });
}

function assertDecidedByAnother({ status, submittedById }: PlanLife, decider: string): void {
  assertSubmitted(status);
  if (submittedById === decider) throw new DomainError('plan-approver-is-submitter');
}
