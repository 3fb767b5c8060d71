import { refusals } from '../refusal.js';

export const incidentRefusals = refusals({
  'incident-exists': ['There is an incident under this id already.', 'Un incident existe déjà sous cet identifiant.'],
  'incident-unknown': ['This incident is not known.', "Cet incident n'est pas connu."],
  'incident-reported': ['Acknowledge this incident first.', "Prenez d'abord cet incident en charge."],
  'incident-acknowledged': ['This incident is being worked on.', 'Cet incident est en cours de traitement.'],
  'incident-paused': ['The clock of this incident is paused.', 'Le chronomètre de cet incident est en pause.'],
  'incident-resolved': ['This incident is resolved.', 'Cet incident est résolu.'],
  'incident-withdrawn': ['This incident was withdrawn.', 'Cet incident a été retiré.'],
  'incident-reopen-too-late': ['An incident can be reopened within {days} business days; report a new one.', 'Un incident peut être rouvert pendant {days} jours ouvrés ; signalez-en un nouveau.'],
});
