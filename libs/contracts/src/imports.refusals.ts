import { refusals } from './refusal.js';

export const importsRefusals = refusals({
  'withdraw-built-upon': ['Something was built on this: it cannot be withdrawn.', "D'autres données en dépendent : le retrait est impossible."],
  'withdraw-not-imported': ['Only what was imported can be withdrawn.', 'Seul ce qui a été importé peut être retiré.'],
  'record-conflict': ['The source and Keyfold say different things ({field}): somebody has to decide.', "La source et Keyfold se contredisent ({field}) : quelqu'un doit trancher."],
  'date-in-the-future': ['The date cannot lie after today, {today}.', "La date ne peut pas dépasser aujourd'hui, le {today}."],
});
