import { refusals } from '../refusal.js';

export const opportunityRefusals = refusals({
  'account-already-attached': ['This deal has an account already.', 'Cette affaire a déjà un compte.'],
  'amount-missing': ['A won deal needs its amount.', 'Une affaire gagnée doit avoir un montant.'],
  'close-date-in-the-past': ['The expected close cannot lie before today, {today}.', "La date de signature prévue ne peut pas précéder aujourd'hui, le {today}."],
  'closed-before-opened': ['A deal cannot be closed before it was opened, on {openedAt}.', 'Une affaire ne peut pas être conclue avant son ouverture, le {openedAt}.'],
  'competitor-missing': ['Say which competitor won.', "Indiquez quel concurrent l'a emporté."],
  'exit-criteria-missing': ['To reach the stage "{to}" this is still missing: {missing}.', "Pour atteindre l'étape « {to} », il manque encore : {missing}."],
  'motion-fixed': ['The kind of deal ({motion}) cannot change.', "Le type d'affaire ({motion}) ne peut pas changer."],
  'opportunity-exists': ['There is a deal under this id already.', 'Une affaire existe déjà sous cet identifiant.'],
  'opportunity-lost': ['This deal is lost.', 'Cette affaire est perdue.'],
  'opportunity-not-lost': ['Only a lost deal can be reopened.', 'Seule une affaire perdue peut être rouverte.'],
  'opportunity-open': ['This deal is still open.', 'Cette affaire est encore ouverte.'],
  'opportunity-unknown': ['This deal is not known.', "Cette affaire n'est pas connue."],
  'reason-missing': ['Going from "{from}" back to "{to}" needs a reason.', "Revenir de l'étape « {from} » à « {to} » demande un motif."],
  'reopen-too-late': ['A lost deal can be reopened within {days} days.', 'Une affaire perdue peut être rouverte pendant {days} jours.'],
  'win-before-verbal': ['A deal is won from the stage "verbal"; this one is at "{stage}".', "Une affaire se gagne à l'étape « verbal » ; celle-ci est à « {stage} »."],
  'won-is-final': ['This deal is won, and that stays.', 'Cette affaire est gagnée, et cela demeure.'],
});
