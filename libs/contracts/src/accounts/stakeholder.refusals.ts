import { refusals } from '../refusal.js';

export const stakeholderRefusals = refusals({
  'stakeholder-unknown': ['This person is not known on this account.', "Cette personne n'est pas connue sur ce compte."],
  'stakeholder-departed': ['This person has left the account.', 'Cette personne a quitté le compte.'],
  'stakeholder-elsewhere': ['This person belongs to another account; move the person instead.', 'Cette personne relève d’un autre compte ; déplacez-la.'],
  'stakeholder-already-there': ['This person belongs to this account already.', 'Cette personne relève déjà de ce compte.'],
  'stakeholder-contact-in-future': ['A contact cannot lie in the future.', 'Un contact ne peut pas être dans le futur.'],
  'stakeholder-departure-in-future': ['A departure is recorded once it has happened.', 'Un départ est enregistré une fois qu’il a eu lieu.'],
});
