import { type KeyAccountEvent, keyAccountContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** Whose an account is stands in the account; the portfolios follow (domain.md H1). */
export const keepPortfolioInStepWithTheOwner = policy<KeyAccountEvent>({
  name: 'keep-portfolio-in-step-with-the-owner',
  follows: [keyAccountContract],
  react({ type, data, streamId, occurredAt }) {
    const accountId = idOf(keyAccountContract, streamId);
    switch (type) {
      case 'accounts.key-account.owner-assigned':
        return [{ name: 'portfolios/assign-account', id: (data as { ownerId: string }).ownerId, body: { accountId, from: occurredAt } }];
      case 'accounts.key-account.handed-over': {
        const { fromOwnerId, toOwnerId } = data as { fromOwnerId: string; toOwnerId: string };
        return [
          { name: 'portfolios/release-account', id: fromOwnerId, body: { accountId, on: occurredAt } },
          { name: 'portfolios/assign-account', id: toOwnerId, body: { accountId, from: occurredAt } },
        ];
      }
      case 'accounts.key-account.handover-cancelled': {
        const { ownerId, toOwnerId, on } = data as { ownerId: string; toOwnerId: string; on: string };
        return [
          { name: 'portfolios/release-account', id: toOwnerId, body: { accountId, on } },
          { name: 'portfolios/keep-account', id: ownerId, body: { accountId } },
        ];
      }
      case 'accounts.key-account.closed':
      case 'accounts.key-account.merged':
        return [{ name: 'key-accounts/leave-portfolio', id: accountId, body: { on: occurredAt } }];
      default:
        return [];
    }
  },
});
