import type { Bilingual, Synonyms, TermEvent } from '@keyfold/contracts';
import { termContract } from '@keyfold/contracts';
import { decider } from '@keyfold/event-sourcing';

/** What the organisation calls a thing; null: what Keyfold ships holds. */
export type Term = { readonly label: Bilingual; readonly synonyms: Synonyms } | null;

export const term = decider<Term, TermEvent>({ contract: termContract, initial: null, evolve: (_term, fact) => fact.data });

/** `before`: what was in force, shipped or localised. */
export function localise(state: Term, before: Term, localised: NonNullable<Term>): TermEvent[] {
  const { label, synonyms } = localised;
  const data = { label: { en: label.en, fr: label.fr }, synonyms: { en: [...synonyms.en], fr: [...synonyms.fr] } };
  return JSON.stringify(state ?? before) === JSON.stringify(data) ? [] : [{ type: 'accounts.term.localised', data }];
}
