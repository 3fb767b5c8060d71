import { refusals } from '../refusal.js';

export const relationshipMapRefusals = refusals({
  'influence-self': ['Nobody influences himself on a map.', 'Personne ne s’influence soi-même sur une carte.'],
  'relationship-map-full': ['A relationship map holds at most {limit} of these.', 'Une carte des relations en compte au plus {limit}.'],
  'reporting-line-cycle': ['Nobody can report to himself, directly or through others.', 'Personne ne peut dépendre de soi-même, ni directement ni par d’autres.'],
  'reporting-line-outside-group': ['A reporting line stays inside one group of companies.', 'Un lien hiérarchique reste à l’intérieur d’un groupe.'],
  'sponsor-not-executive': [
    'Sponsors are executives on both sides: a director or above at the client, a director or the executive sponsor of the account with us.',
    'Les parrains sont des dirigeants des deux côtés : directeur ou plus chez le client, directeur ou parrain exécutif du compte chez nous.',
  ],
  'champion-not-identified': ['This person is not a champion.', "Cette personne n'est pas un champion."],
});
