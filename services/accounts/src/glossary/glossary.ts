import type { Bilingual, Synonyms } from '@keyfold/contracts';

export interface GlossaryTerm {
  /** The code of the term. */
  readonly id: string;
  readonly label: Bilingual;
  readonly synonyms: Synonyms;
}

/** A text as it is looked for: lower case, without accents. */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether a folded text stands in a term: in its code, labels or synonyms of either language. */
export const matches = ({ id, label, synonyms }: GlossaryTerm, q: string): boolean => [id, label.en, label.fr, ...synonyms.en, ...synonyms.fr].some((text) => folded(text).includes(q));
