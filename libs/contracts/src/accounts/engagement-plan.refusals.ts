import { refusals } from '../refusal.js';

export const engagementPlanRefusals = refusals({
  'touchpoint-elsewhere': ['A contact with another account was logged under this id: take it back there first.', "Un contact avec un autre compte est enregistré sous cet identifiant : retirez-le d'abord là-bas."],
  'touchpoint-in-future': ['A contact is logged once it has taken place.', "Un contact s'enregistre une fois qu'il a eu lieu."],
  'touchpoint-too-old': ['The team logs a contact within {days} days; a director may log an older one.', "L'équipe enregistre un contact dans les {days} jours ; un directeur peut en enregistrer un plus ancien."],
  'touchpoint-reason-missing': ['A contact of more than {days} days ago is logged with a reason.', "Un contact datant de plus de {days} jours s'enregistre avec un motif."],
  'cadence-in-future': ['A cadence takes effect today or on an earlier day.', "Une cadence prend effet aujourd'hui ou un jour antérieur."],
  'cadence-too-old': ['A cadence takes effect at most {days} days back.', 'Une cadence prend effet au plus {days} jours en arrière.'],
  'cadence-pause-over': ['A pause ends on a day to come.', 'Une pause prend fin un jour à venir.'],
  'review-unknown': ['This account has no such review.', "Ce compte n'a pas cette revue."],
  'review-in-past': ['A review is scheduled for a time to come; one that took place is held.', 'Une revue se planifie pour plus tard ; celle qui a eu lieu se déclare tenue.'],
  'review-not-scheduled': ['This review is no longer scheduled: it was {state}.', "Cette revue n'est plus planifiée : {state}."],
  'meeting-unknown': ['This account has no such review or contact.', "Ce compte n'a ni revue ni contact sous cet identifiant."],
  'decision-unknown': ['This account has no such decision.', "Ce compte n'a pas cette décision."],
  'decision-in-future': ['A decision is recorded once it has been made.', "Une décision s'enregistre une fois prise."],
  'follow-up-unknown': ['This account has no such follow-up.', "Ce compte n'a pas cette action de suivi."],
  'follow-up-closed': ['This follow-up is closed already: it was {state}.', 'Cette action de suivi est déjà close : {state}.'],
});
