import type { AccountAccess } from '@keyfold/event-sourcing-nest';

/** What rows of accounts carry, to be found by who may see them. */
export interface OwnedRow {
  readonly ownerId: string | null;
  /** First instant of the owner, which may be to come. */
  readonly ownerSince: string | null;
  /** Whose it is until then; the owner himself when he is the first. */
  readonly ownerBefore: string | null;
  readonly team: AccountAccess['team'];
  readonly teamIds: readonly string[];
}

/** The first instant of a row's owner, where that is still to come at an instant; else null. */
export const ownerToComeFrom = ({ ownerSince }: Pick<OwnedRow, 'ownerSince'>, instant: string): string | null => (ownerSince !== null && ownerSince > instant ? ownerSince : null);

/** Whose the account of a row is at an instant. */
export const ownerOfRow = (row: Pick<OwnedRow, 'ownerId' | 'ownerSince' | 'ownerBefore'>, instant: string): string | null => (ownerToComeFrom(row, instant) ? row.ownerBefore : row.ownerId);
