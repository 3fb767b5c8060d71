import { refusals } from '../refusal.js';

export const policyRefusals = refusals({
  'policy-unknown': ['There is no policy of this kind.', "Il n'y a pas de politique de ce genre."],
  'policy-not-later': ['The last version is valid from {validFrom}: the next one must be valid from a later day.', 'La dernière version est valable à partir du {validFrom} : la suivante doit l’être à partir d’un jour ultérieur.'],
  'policy-retroactive': ['A policy is not changed for the past: it can be valid from {today} at the earliest.', 'Une politique ne change pas pour le passé : elle peut être valable à partir du {today} au plus tôt.'],
  'policy-code-doubled': ['{code} stands twice in this policy.', '{code} figure deux fois dans cette politique.'],
  'weights-not-100': ['The weights must add up to 100; they add up to {sum}.', 'Les pondérations doivent totaliser 100 ; elles totalisent {sum}.'],
});
