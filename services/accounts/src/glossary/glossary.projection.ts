import { type TermEvent, termContract } from '@keyfold/contracts';
import { NotFound, projection } from '@keyfold/event-sourcing';
import { PageQuery, queryCase, RowById, Views } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { folded, type GlossaryTerm, matches } from './glossary.js';
import { SHIPPED_TERMS } from './shipped-terms.js';

/** What the organisation calls differently from Keyfold, or had to name itself. Few: held in memory. */
export const terms = projection<GlossaryTerm, TermEvent>({ name: 'terms', version: 1, follows: [termContract], mirrored: true, fold: (_row, event, id) => ({ id, ...event.data }) });

const ROLES = ['kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'service-agent', 'finance', 'hr', 'admin', 'auditor', 'bi'] as const;

type GlossaryItem = GlossaryTerm & { readonly shipped: boolean };

async function glossary(views: Views): Promise<GlossaryItem[]> {
  const own = new Map((await views.of(terms).all()).map((term) => [term.id, { ...term, shipped: false }]));
  const shipped = SHIPPED_TERMS.filter(({ id }) => !own.has(id)).map((term) => ({ ...term, shipped: true }));
  return [...own.values(), ...shipped].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export class ListGlossary extends PageQuery<GlossaryItem> {
  /** Part of a code, label or synonym in either language; case and accents do not matter. */
  @IsOptional() @IsText(100) q?: string;
}

class GetGlossaryTerm extends RowById<GlossaryItem> {}

/** `GET /api/accounts/glossary`, `/api/accounts/glossary/:id`. */
export const glossaryQueries = [
  queryCase(ListGlossary, {
    route: 'glossary',
    roles: ROLES,
    needs: [Views],
    async answer(query, [views]) {
      const stale = !(await views.arrived(query));
      const all = await glossary(views);
      const q = folded(query.q ?? '');
      return views.slice('glossary', all.filter((term) => matches(term, q)), query, stale);
    },
  }),
  queryCase(GetGlossaryTerm, {
    route: 'glossary/:id',
    roles: ROLES,
    needs: [Views],
    async answer(query, [views]) {
      const found = (await glossary(views)).find(({ id }) => id === query.id);
      if (!found) throw new NotFound('term', query.id);
      return found;
    },
  }),
];
