import { CONTACT_PURPOSES } from '@keyfold/contracts';
import { type Page, PageQuery, queryCase, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { RELATION_READERS, reveal, stakeholders } from './stakeholders.projection.js';

/** Whom we may write to. */
export interface ContactableItem {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly phone: string | null;
  readonly language: 'fr' | 'en' | null;
  /** What the person said about this purpose; null: nothing, or a contract notice, about which nobody is asked. */
  readonly stance: 'consented' | null;
}

const PURPOSES = [...CONTACT_PURPOSES, 'notice'] as const;

export class ListContactable extends PageQuery<ContactableItem> {
  @IsIn(PURPOSES) purpose!: (typeof PURPOSES)[number];
  @IsOptional() @IsId() accountId?: string;
}

/** `GET /api/accounts/contactable?purpose=`: nobody who departed, who was erased, or who is opposed; an opposition never blocks a contract notice (domain.md 4.2, 4.8). */
export const contactableCase = queryCase(ListContactable, {
  route: 'contactable',
  roles: RELATION_READERS,
  needs: [Views, Access],
  async answer(query, [views, access]): Promise<Page<ContactableItem>> {
    const { purpose, accountId, scope } = query;
    const free = purpose === 'notice' ? [] : [{ [purpose]: { $ne: 'opposed' } }];
    const own = accountId === undefined ? [] : [{ accountId }];
    const filter = { $and: [{ status: 'active', erasedAt: null }, ...own, ...free] };
    const through = access.rowsOfAccounts(views.of(stakeholders), scope, { account: 'accountId' });
    const page = await views.page(stakeholders, query, { filter, through, sort: { accountId: 1, registeredAt: 1 } });
    const items = page.items.map(async (row): Promise<ContactableItem> => ({
      id: row.id,
      accountId: row.accountId,
      name: await access.reveal(row.name),
      mail: await reveal(access, row.mail),
      phone: await reveal(access, row.phone),
      language: row.language,
      stance: purpose !== 'notice' && row[purpose] === 'consented' ? 'consented' : null,
    }));
    return { ...page, items: await Promise.all(items) };
  },
});
