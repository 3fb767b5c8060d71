import { refusals } from '../refusal.js';

export const taskRefusals = refusals({
  'task-not-open': ['This task is not open any more.', "Cette tâche n'est plus ouverte."],
});
