import { refusals } from '../refusal.js';

export const engagementPlanRefusals = refusals({
  'touchpoint-in-future': ['A contact is logged once it has taken place.', "Un contact s'enregistre une fois qu'il a eu lieu."],
  'touchpoint-too-old': ['The team logs a contact within {days} days; a director may log an older one.', "L'équipe enregistre un contact dans les {days} jours ; un directeur peut en enregistrer un plus ancien."],
  'touchpoint-reason-missing': ['A contact of more than {days} days ago is logged with a reason.', "Un contact datant de plus de {days} jours s'enregistre avec un motif."],
  'cadence-in-future': ['A cadence takes effect today or on an earlier day.', "Une cadence prend effet aujourd'hui ou un jour antérieur."],
  'cadence-too-old': ['A cadence takes effect at most {days} days back.', 'Une cadence prend effet au plus {days} jours en arrière.'],
  'cadence-pause-over': ['A pause ends on a day to come.', 'Une pause prend fin un jour à venir.'],
});
