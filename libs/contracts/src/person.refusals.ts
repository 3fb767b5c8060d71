import { refusals } from './refusal.js';

export const personRefusals = refusals({
  'person-erased': ['The personal data of this person was erased: nothing of it can be written any more.', 'Les données personnelles de cette personne ont été effacées : rien de personnel ne peut plus être écrit.'],
  'erasure-not-requested': ['Nobody has asked for the erasure of this person.', "Personne n'a demandé l'effacement de cette personne."],
});
