import type { Account } from './dimensions.js';

/** How many merges or levels are followed; more are an error in the log, and no reason to go round for ever. */
const FURTHEST = 100;

/** The group trees at a point in both times: a merged account is its successor, and what was below it is below that. */
export class Groups {
  private readonly children: ReadonlyMap<string | null, readonly Account[]>;

  constructor(private readonly accounts: ReadonlyMap<string, Account>) {
    const standing = [...accounts.values()].filter(({ successorId }) => successorId === null);
    this.children = Map.groupBy(standing, (account) => this.parentOf(account));
  }

  /** The account that this one is: itself, or the last of its successors. Null for one that was not there at that point. */
  resolve(id: string): Account | null {
    let account = this.accounts.get(id) ?? null;
    for (let step = 0; account?.successorId && step < FURTHEST; step++) account = this.accounts.get(account.successorId) ?? null;
    return account;
  }

  parentOf({ id, parentId }: Account): string | null {
    const parent = parentId === null ? null : this.resolve(parentId);
    return parent && parent.id !== id ? parent.id : null;
  }

  /** The topmost account above this one, or itself. */
  ultimateParent(account: Account): Account {
    let top = account;
    for (let step = 0; step < FURTHEST; step++) {
      const parent = this.parentOf(top);
      if (parent === null) return top;
      top = this.accounts.get(parent)!;
    }
    return top;
  }

  /** The account and all below it, parents before children, each with its depth. */
  below(root: Account): { account: Account; depth: number }[] {
    const nodes = [{ account: root, depth: 0 }];
    const seen = new Set([root.id]);
    for (const { account, depth } of nodes)
      for (const child of this.children.get(account.id) ?? [])
        if (!seen.has(child.id)) {
          seen.add(child.id);
          nodes.push({ account: child, depth: depth + 1 });
        }
    return nodes;
  }
}
