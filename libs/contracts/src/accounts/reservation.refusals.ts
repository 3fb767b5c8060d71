import { refusals } from '../refusal.js';

export const reservationRefusals = refusals({
  'hierarchy-cycle': ['An account cannot be its own parent, directly or through others.', 'Un compte ne peut pas être son propre parent, ni directement ni par d’autres.'],
  'hierarchy-too-deep': ['A group may be at most {depth} levels deep.', 'Un groupe compte au plus {depth} niveaux.'],
  'hierarchy-merge-begun': ['A merge of this account into {successorId} has begun; say it again or take another account.', 'Une fusion de ce compte dans {successorId} est engagée ; redemandez-la ou choisissez un autre compte.'],
  'tier-a-limit': ['A key account manager may have at most {limit} accounts of tier A.', 'Un responsable de comptes suit au plus {limit} comptes de rang A.'],
});
