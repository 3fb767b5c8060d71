import { refusals } from '../refusal.js';

export const offeringRefusals = refusals({
  'offering-retired': ['This offering is not sold any more.', "Cette offre n'est plus vendue."],
  'offering-unknown': ['This offering is not known.', "Cette offre n'est pas connue."],
});
