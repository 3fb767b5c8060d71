import { PARTITIONS } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { DURABLE, READ_MS } from './connection.js';
import { BESIDE_TRANSACTIONS, inTransaction } from './transaction.js';

/**
 * A partition's way to the serving generation. Every batch counts itself in the gate of its partition, in the transaction that writes it; a switch writes all gates
 * of the projection. So of a batch and a switch one waits for the other, and batches of different partitions never meet.
 */
export interface GateDocument {
  /** `<projection>|<partition>` */
  readonly _id: string;
  readonly serving: number;
  readonly built: boolean;
  readonly batches: number;
  /** No batch passes before this time of the server's clock. */
  readonly closedUntil: Date;
}

export const GATES = 'gates';

/** A switch closes the gates first, or it would never find them all free; a switch that died leaves them closed for so long at most. */
const CLOSED_MS = 10_000;
export const OPEN = new Date(0);

/** The gate is closed, or there is none yet. */
export class GateShut extends Error {
  override readonly name = 'GateShut';
  constructor(readonly gate: string) {
    super(`the gate ${gate} is shut`);
  }
}

export class Gates {
  private readonly gates: mongo.Collection<GateDocument>;

  constructor(private readonly db: mongo.Db) {
    this.gates = db.collection<GateDocument>(GATES);
  }

  /** Passes the gate: at once, or with the transaction of `session`. Throws GateShut. */
  async pass(key: string, partition: string, session?: mongo.ClientSession): Promise<GateDocument> {
    const _id = `${key}|${partition}`;
    const open = { _id, $expr: { $lte: ['$closedUntil', '$$NOW'] } };
    const options = { returnDocument: 'after', ...(session ? { session, maxTimeMS: READ_MS } : BESIDE_TRANSACTIONS) } as const;
    const gate = await this.gates.findOneAndUpdate(open, { $inc: { batches: 1 } }, options);
    if (!gate) throw new GateShut(_id);
    return gate;
  }

  /** Passes several at once, with the transaction. Which one serves is the same behind all of them: a switch leads them in one transaction. Throws GateShut. */
  async passAll(key: string, partitions: readonly string[], session: mongo.ClientSession): Promise<GateDocument> {
    const others = partitions.slice(1).map((partition) => `${key}|${partition}`);
    const open = { _id: { $in: others }, $expr: { $lte: ['$closedUntil', '$$NOW'] } };
    if (others.length > 0 && (await this.gates.updateMany(open, { $inc: { batches: 1 } }, { session })).matchedCount < others.length) throw new GateShut(others.join(' or '));
    return this.pass(key, partitions[0]!, session);
  }

  /**
   * Makes the gate where there is none, and those of the other partitions of its topic with it: events of them are on their way, and would each wait for theirs. They are made in a transaction that also writes the document of the projection, as a switch does:
   * so a switch that did not see them comes after or before that as a whole.
   */
  async ensure(key: string, partition: string, serving: (session: mongo.ClientSession) => Promise<{ serving: number; built: boolean }>): Promise<void> {
    const _id = `${key}|${partition}`;
    if (await this.gates.findOne({ _id }, { projection: { _id: 1 }, maxTimeMS: READ_MS })) return;
    await inTransaction(this.db, async (session) => {
      const leads = await serving(session);
      const ids = siblingsOf(partition).map((sibling) => `${key}|${sibling}`);
      const there = new Set((await this.gates.find({ _id: { $in: ids } }, { session, projection: { _id: 1 }, maxTimeMS: READ_MS }).toArray()).map((gate) => gate._id));
      const missing = ids.filter((id) => !there.has(id)).map((id) => ({ _id: id, ...leads, batches: 0, closedUntil: OPEN }));
      if (missing.length > 0) await this.gates.insertMany(missing, { session });
    });
  }

  /** Closes all gates of a projection; resolves when the batches under way in them are through or undone. */
  async close(key: string, options: mongo.UpdateOptions): Promise<void> {
    await this.gates.updateMany(this.all(key), [{ $set: { closedUntil: { $add: ['$$NOW', CLOSED_MS] } } }], options);
  }

  async open(key: string): Promise<void> {
    await this.gates.updateMany(this.all(key), { $set: { closedUntil: OPEN } }, { writeConcern: DURABLE });
  }

  /** Leads every gate of the projection to another generation, and opens it, with the transaction. */
  async lead(key: string, serving: number, session: mongo.ClientSession): Promise<void> {
    await this.gates.updateMany(this.all(key), { $set: { serving, built: true, closedUntil: OPEN } }, { session });
  }

  private all(key: string): mongo.Filter<GateDocument> {
    return { _id: { $gte: `${key}|`, $lt: `${key}|\uffff` } };
  }
}

/** All partitions of the topic that a partition is one of; the partition alone where it is none of a topic. */
function siblingsOf(partition: string): string[] {
  const [, topic] = /^(.+)\/\d+$/.exec(partition) ?? [];
  return topic === undefined ? [partition] : [...new Set([partition, ...Array.from({ length: PARTITIONS }, (_, i) => `${topic}/${i}`)])];
}
