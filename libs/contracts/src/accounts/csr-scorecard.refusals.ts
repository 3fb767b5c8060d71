import { refusals } from '../refusal.js';

export const csrScorecardRefusals = refusals({
  'csr-in-future': ['What has not happened yet is not recorded.', "Ce qui n'a pas encore eu lieu ne s'enregistre pas."],
  'csr-evidence-unknown': ['This account has no such evidence.', "Ce compte n'a pas cette pièce justificative."],
  'csr-evidence-expired': ['This evidence has expired already.', 'Cette pièce justificative est déjà périmée.'],
  'csr-period-reversed': ['A period ends on its first day or later.', 'Une période se termine au plus tôt le jour de son début.'],
  'csr-period-overlaps': ['The period from {from} to {to} is recorded already; a new one may not overlap it.', 'La période du {from} au {to} est déjà enregistrée ; une nouvelle ne peut la chevaucher.'],
  'commitment-unknown': ['This account has no such commitment.', "Ce compte n'a pas cet engagement."],
  'commitment-due-past': ['A commitment is due after the day on which it is made.', "Un engagement est dû après le jour où il est pris."],
  'commitment-not-made-yet': ['A commitment is kept once it was made.', "Un engagement se tient une fois qu'il a été pris."],
  'commitment-too-late': ['This commitment was due on {dueOn}: what was done after that has not kept it.', "Cet engagement était dû le {dueOn} : ce qui a été fait après ne l'a pas tenu."],
  'initiative-unknown': ['This account has no such initiative.', "Ce compte n'a pas cette initiative."],
  'initiative-ends-past': ['An initiative ends on a day to come.', 'Une initiative se termine un jour à venir.'],
  'csr-review-of-own-company': ['A CSR review is of what we propose to a client: our own company has none.', "Une revue RSE porte sur ce que nous proposons à un client : notre propre société n'en a pas."],
  'csr-review-unknown': ['This account has no such CSR review.', "Ce compte n'a pas cette revue RSE."],
  'csr-review-own-request': ['Nobody decides on the CSR review that he requested.', "Nul ne statue sur la revue RSE qu'il a demandée."],
  'csr-review-decided': ['This CSR review was decided already: {state}.', 'Cette revue RSE a déjà été tranchée : {state}.'],
});
