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
const OPEN_NOW = { $expr: { $lte: ['$closedUntil', '$$NOW'] } };

/** `key` names the projection. */
export const gateOf = (key: string, partition: string): string => `${key}|${partition}`;

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
  async pass(_id: string, session?: mongo.ClientSession): Promise<GateDocument> {
    const options = { returnDocument: 'after', ...(session ? { session, maxTimeMS: READ_MS } : BESIDE_TRANSACTIONS) } as const;
    const gate = await this.gates.findOneAndUpdate({ _id, ...OPEN_NOW }, { $inc: { batches: 1 } }, options);
    if (!gate) throw new GateShut(_id);
    return gate;
  }

  /** Passes several at once, with the transaction: which generation serves behind each. Behind those of one projection it is the same: a switch leads them in one transaction. Throws GateShut. */
  async passAll(gates: readonly string[], session: mongo.ClientSession): Promise<Map<string, number>> {
    if (gates.length === 0) return new Map();
    if (gates.length === 1) return new Map([[gates[0]!, (await this.pass(gates[0]!, session)).serving]]);
    const ids = { _id: { $in: [...gates] } };
    const { matchedCount } = await this.gates.updateMany({ ...ids, ...OPEN_NOW }, { $inc: { batches: 1 } }, { session });
    if (matchedCount < gates.length) throw new GateShut(gates.join(' or '));
    const passed = await this.gates.find(ids, { session, projection: { serving: 1 }, batchSize: gates.length + 1, maxTimeMS: READ_MS }).toArray();
    return new Map(passed.map(({ _id, serving }) => [_id, serving]));
  }

  /**
   * Makes the gate where there is none, and those of the other partitions of its topic with it: events of them are on their way, and would each wait for theirs. They are made in a transaction that also writes the document of the projection, as a switch does:
   * so a switch that did not see them comes after or before that as a whole.
   */
  async ensure(key: string, partition: string, serving: (session: mongo.ClientSession) => Promise<{ serving: number; built: boolean }>): Promise<void> {
    const _id = gateOf(key, partition);
    if (await this.gates.findOne({ _id }, { projection: { _id: 1 }, maxTimeMS: READ_MS })) return;
    await inTransaction(this.db, async (session) => {
      const leads = await serving(session);
      const ids = siblingsOf(partition).map((sibling) => gateOf(key, sibling));
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
