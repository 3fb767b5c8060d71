import { type CsrPillar, type CsrQuestion, type CsrScorecardEvent, csrScorecardContract, type DateOnly, type ExternalRating } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';

/** All that the score of an account follows from, whatever the day that is asked for. */
export interface CsrScorecardRow {
  readonly id: string;
  readonly accountId: string;
  readonly assessments: readonly (CsrQuestion & { readonly pillar: CsrPillar; readonly points: number; readonly at: string })[];
  readonly evidence: readonly (CsrQuestion & { readonly id: string; readonly title: string; readonly reference: string; readonly attachedAt: string; readonly withdrawnAt: string | null; readonly validUntil: DateOnly | null })[];
  readonly ratings: readonly (ExternalRating & { readonly scheme: 'ecovadis'; readonly validUntil: DateOnly; readonly at: string })[];
  readonly suppliers: readonly { readonly supplier: string; readonly points: number; readonly source: string; readonly at: string }[];
  readonly commitments: readonly CommitmentEntry[];
  readonly initiatives: readonly InitiativeEntry[];
}

export interface CommitmentEntry {
  readonly id: string;
  readonly pillar: CsrPillar;
  readonly by: 'client' | 'us';
  readonly title: string;
  readonly madeAt: string;
  readonly dueOn: DateOnly;
  readonly dueAt: string;
  readonly keptAt: string | null;
  readonly evidence: string | null;
  readonly missed: boolean;
}

export interface InitiativeEntry {
  readonly id: string;
  readonly pillar: CsrPillar;
  readonly title: string;
  readonly goal: string;
  readonly launchedAt: string;
  readonly endsOn: DateOnly | null;
  readonly completedAt: string | null;
  readonly outcome: string | null;
  readonly co2eSavedKg: number | null;
}

export const csrScorecards = projection<CsrScorecardRow, CsrScorecardEvent>({
  name: 'csr-scorecards',
  version: 1,
  follows: [csrScorecardContract],
  indexes: [['accountId']],
  fold(row, event, id): CsrScorecardRow {
    const known = row ?? { id, accountId: idOf(csrScorecardContract, event.streamId), assessments: [], evidence: [], ratings: [], suppliers: [], commitments: [], initiatives: [] };
    const at = event.occurredAt;
    switch (event.type) {
      case 'accounts.csr-scorecard.assessment-recorded': {
        const { comment: _comment, ...assessment } = event.data;
        return { ...known, assessments: [...known.assessments, { ...assessment, at }] };
      }
      case 'accounts.csr-scorecard.evidence-attached': {
        const { evidenceId, ...evidence } = event.data;
        return { ...known, evidence: [...known.evidence, { id: evidenceId, ...evidence, attachedAt: at, withdrawnAt: null }] };
      }
      case 'accounts.csr-scorecard.evidence-withdrawn':
        return { ...known, evidence: changed(known.evidence, event.data.evidenceId, { withdrawnAt: at }) };
      case 'accounts.csr-scorecard.external-rating-recorded':
        return { ...known, ratings: [...known.ratings, { ...event.data, at }] };
      case 'accounts.csr-scorecard.supplier-rating-recorded':
        return { ...known, suppliers: [...known.suppliers, { ...event.data, at }] };
      case 'accounts.csr-scorecard.commitment-made': {
        const { commitmentId, ...made } = event.data;
        return { ...known, commitments: [...known.commitments, { id: commitmentId, ...made, madeAt: at, keptAt: null, evidence: null, missed: false }] };
      }
      case 'accounts.csr-scorecard.commitment-kept':
        return { ...known, commitments: changed(known.commitments, event.data.commitmentId, { keptAt: at, evidence: event.data.evidence, missed: false }) };
      case 'accounts.csr-scorecard.commitment-missed':
        return { ...known, commitments: changed(known.commitments, event.data.commitmentId, { missed: true }) };
      case 'accounts.csr-scorecard.joint-initiative-launched': {
        const { initiativeId, ...launched } = event.data;
        return { ...known, initiatives: [...known.initiatives, { id: initiativeId, ...launched, launchedAt: at, completedAt: null, outcome: null, co2eSavedKg: null }] };
      }
      case 'accounts.csr-scorecard.joint-initiative-completed': {
        const { initiativeId, ...completed } = event.data;
        return { ...known, initiatives: changed(known.initiatives, initiativeId, { ...completed, completedAt: at }) };
      }
      default:
        return known;
    }
  },
});

const changed = <Entry extends { readonly id: string }>(entries: readonly Entry[], id: string, change: Partial<Entry>): readonly Entry[] =>
  entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
