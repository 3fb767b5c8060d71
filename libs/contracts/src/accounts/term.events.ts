import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Bilingual } from '../common.js';

/** What people also call it, and look for it by. */
export interface Synonyms {
  readonly en: readonly string[];
  readonly fr: readonly string[];
}

/** What an organisation calls a thing (domain.md H4); the id is the code of the term. The last one counts, before what Keyfold ships. */
export type TermEvent = DomainEvent<'accounts.term.localised', { label: Bilingual; synonyms: Synonyms }>;

export const termContract = defineContract<TermEvent>({
  service: 'accounts',
  name: 'term',
  streamPrefix: 'term',
  events: { 'accounts.term.localised': { version: 1 } },
});
