import type { Bilingual } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { BilingualBody, IsBody, IsNames } from '@keyfold/platform';
import { localise, term } from './term.aggregate.js';
import { SHIPPED_TERMS } from './shipped-terms.js';

class SynonymsBody {
  @IsNames(20) en!: string[];
  @IsNames(20) fr!: string[];
}

/** What this organisation calls a thing, a shipped term or one of its own (domain.md H4). */
export class LocaliseTerm extends AggregateCommand {
  @IsBody(() => BilingualBody) label!: Bilingual;
  @IsBody(() => SynonymsBody) synonyms!: SynonymsBody;
}

const shippedTerm = (code: string) => SHIPPED_TERMS.find(({ id }) => id === code);

export const localiseTermCase = useCase(LocaliseTerm, {
  route: 'glossary/:id/localise',
  roles: ['director', 'admin'],
  on: term,
  makes: true,
  decide(state, { id, label, synonyms }) {
    const shipped = shippedTerm(id);
    return localise(state, shipped ? { label: shipped.label, synonyms: shipped.synonyms } : null, { label, synonyms });
  },
});
