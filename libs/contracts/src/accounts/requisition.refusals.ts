import { refusals } from '../refusal.js';

export const requisitionRefusals = refusals({
  'requisition-exists': ['This requisition is open already.', 'Ce recrutement est déjà ouvert.'],
  'requisition-unknown': ['This requisition is not known.', "Ce recrutement n'est pas connu."],
  'requisition-not-open': ['This requisition is {state}: nothing more happens in it.', "Ce recrutement n'est plus ouvert ({state}) : il ne s'y passe plus rien."],
  'requisition-criteria-in-use': ['Somebody was interviewed by these criteria: they stay as they are.', "Quelqu'un a été reçu selon ces critères : ils ne changent plus."],
  'scorecard-doubled': ['A line stands twice on the scorecard: {code}.', "Une ligne figure deux fois sur la grille d'évaluation : {code}."],
  'salary-band-malformed': ['A salary band has one currency, and does not end below where it begins.', "Une fourchette de salaire a une seule devise et ne finit pas en dessous de son début."],
  'salary-outside-band': ['The salary lies outside the band: only a director can offer it, with a reason.', 'Le salaire sort de la fourchette : seule la direction peut le proposer, avec une raison.'],
  'candidates-too-many': ['A requisition has at most {limit} candidates.', 'Un recrutement compte au plus {limit} candidats.'],
  'candidate-unknown': ['This candidate is not known here.', "Ce candidat n'est pas connu ici."],
  'candidate-not-at-stage': ['The candidate is not that far, or out of the process: {stage}.', "Le candidat n'en est pas là ou est sorti du processus : {stage}."],
  'candidate-erased': ['The candidate’s data was erased: nobody can be onboarded from it.', 'Les données du candidat ont été effacées : personne ne peut être intégré à partir d’elles.'],
  'interview-unknown': ['This interview is not known, or was led by somebody else.', "Cet entretien n'est pas connu ou a été mené par quelqu'un d'autre."],
  'interview-scored-already': ['The scorecard of this interview was given: it stays as it is.', "La grille d'évaluation de cet entretien a été remise : elle ne change plus."],
  'scorecard-incomplete': ['The scorecard wants each of its lines once; missing or too many: {criteria}.', "La grille d'évaluation demande chacune de ses lignes une fois ; manquantes ou en trop : {criteria}."],
  'scorecards-missing': ['No offer without scorecards: {count} are missing.', "Pas d'offre sans grilles d'évaluation : il en manque {count}."],
  'offer-open': ['An offer is open or accepted: it has to come to its end first.', "Une offre est en cours ou acceptée : elle doit d'abord arriver à son terme."],
  'offer-missing': ['There is no such offer that could be answered.', "Il n'y a pas d'offre à laquelle répondre."],
  'offer-expired': ['The offer was valid until {validUntil}.', "L'offre était valable jusqu'au {validUntil}."],
  'offer-in-past': ['An offer must be valid for at least today.', "Une offre doit être valable au moins aujourd'hui."],
});
