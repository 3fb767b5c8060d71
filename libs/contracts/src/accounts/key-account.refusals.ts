import { refusals } from '../refusal.js';

export const keyAccountRefusals = refusals({
  'account-exists': ['There is an account under this id already.', 'Un compte existe déjà sous cet identifiant.'],
  'account-unknown': ['This account is not known.', "Ce compte n'est pas connu."],
  'account-closing': ['The closure of this account has been requested.', 'La clôture de ce compte a été demandée.'],
  'account-closed': ['This account is closed.', 'Ce compte est clos.'],
  'handover-before-last-change': ['The owner last changed on {lastChange}: a handover must take effect after that.', 'Le dernier changement de responsable date du {lastChange} : la passation doit prendre effet après.'],
  'owner-already-assigned': ['This account has an owner; hand it over instead.', 'Ce compte a déjà un responsable ; faites une passation.'],
  'owner-missing': ['This account has no owner yet; assign one first.', "Ce compte n'a pas encore de responsable ; affectez-en un d'abord."],
  'parent-unknown': ['The parent account is not known.', "Le compte parent n'est pas connu."],
  'account-team-full': ['An account team has at most {limit} members.', "Une équipe de compte compte au plus {limit} membres."],
});
