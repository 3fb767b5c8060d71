import { refusals } from '../refusal.js';

export const teamMemberRefusals = refusals({
  'manager-cycle': ['Nobody can be his own manager, directly or through others.', 'Personne ne peut être son propre responsable, ni directement ni par d’autres.'],
  'manager-is-self': ['Nobody can be his own manager.', 'Personne ne peut être son propre responsable.'],
  'member-unknown': ['This team member is not known.', "Ce membre de l'équipe n'est pas connu."],
});
