import { refusals } from '../refusal.js';

export const portfolioRefusals = refusals({
  'portfolio-account-missing': ['This account is not in the portfolio.', "Ce compte n'est pas dans le portefeuille."],
  'portfolio-overweight': ['The weights of a portfolio add up to 100 % at most; they would add up to {sum} %.', 'Les pondérations d’un portefeuille totalisent au plus 100 % ; elles totaliseraient {sum} %.'],
  'portfolio-empty': ['There is no account in this portfolio to hand over.', "Il n'y a aucun compte à transmettre dans ce portefeuille."],
  'portfolio-handover-running': ['A handover of this portfolio is under way; wait for its end, or resume it.', 'Une passation de ce portefeuille est en cours ; attendez sa fin ou reprenez-la.'],
  'portfolio-handover-unknown': ['There is no such handover of this portfolio.', "Il n'y a pas de telle passation de ce portefeuille."],
  'portfolio-handover-to-self': ['A portfolio is handed over to somebody else.', "Un portefeuille se transmet à quelqu'un d'autre."],
});
