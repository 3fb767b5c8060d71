import { type Clock, type Destruction, type KeyStore, type KeyWrap, type PersonKey, Unavailable } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { databaseOf, DURABLE, isDuplicateKey, MAJORITY, READ_MS, within } from './connection.js';

const STORE = 'the key store';
const HOUR_S = 3_600;
const FIRST_PAUSE_MS = 5;

/** A data key, wrapped; null where it was destroyed. */
interface PersonKeyDocument {
  readonly _id: string;
  readonly wrapped: mongo.Binary | null;
}

/**
 * Data keys of persons in a database of their own, `<database>_keys`, so that a dump of the events never holds one, each wrapped by the master key,
 * which is not in any database. A destroyed key leaves its empty document: the unique `_id` then lets nobody make another, however the two race.
 */
export class MongoKeyStore implements KeyStore {
  private readonly keys: mongo.Collection<PersonKeyDocument>;
  private readonly oplog: mongo.Collection<{ ts: mongo.Timestamp }>;

  constructor(
    connection: Connection,
    private readonly keyWrap: KeyWrap,
    private readonly tools: { clock: Clock },
  ) {
    const db = databaseOf(connection);
    this.keys = db.client.db(`${db.databaseName}_keys`).collection('person_keys');
    this.oplog = db.client.db('local').collection('oplog.rs');
  }

  async keyFor(personId: string, create: boolean): Promise<PersonKey> {
    const known = await this.find(personId);
    if (known !== null || !create) return known;
    const key = this.keyWrap.newKey();
    // Durable before it is used: what was encrypted under a lost key is lost.
    const made = await this.insert({ _id: personId, wrapped: new mongo.Binary(this.keyWrap.wrap(personId, key)) });
    return made ? key : this.afterRace(personId);
  }

  async destroy(personId: string): Promise<Destruction> {
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      const { matchedCount } = await this.ask(this.keys.updateOne({ _id: { $eq: personId }, wrapped: { $ne: null } }, { $set: { wrapped: null } }, { writeConcern: DURABLE }));
      if (matchedCount > 0) return 'destroyed';
      if (await this.insert({ _id: personId, wrapped: null })) return 'never-existed';
      // Either destroyed before, or made by a racing keyFor since the update: the majority read tells, and then that one has to go.
      if ((await this.find(personId)) === 'destroyed') return 'was-destroyed';
      if (pause > READ_MS) throw new Unavailable(STORE);
      await this.tools.clock.wait(pause);
    }
  }

  /** The oplog holds the making of a key for as long as its oldest entry is older; a server that does not show its oplog says nothing. */
  async lingersHours(): Promise<number | null> {
    try {
      const [oldest, newest] = await Promise.all([1, -1].map((direction) => this.ask(this.oplog.findOne({}, { sort: { $natural: direction as 1 | -1 }, projection: { ts: 1 }, maxTimeMS: READ_MS }))));
      return oldest && newest ? Math.ceil((newest.ts.getHighBits() - oldest.ts.getHighBits()) / HOUR_S) : null;
    } catch {
      return null;
    }
  }

  /** False when there is a document for the person. */
  private async insert(document: PersonKeyDocument): Promise<boolean> {
    try {
      await this.ask(this.keys.insertOne(document, { writeConcern: DURABLE }));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Another process was faster. Its key may be used once it is durable, which a majority read shows. */
  private async afterRace(personId: string): Promise<PersonKey> {
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      const known = await this.find(personId);
      if (known !== null) return known;
      if (pause > READ_MS) throw new Unavailable(STORE);
      await this.tools.clock.wait(pause);
    }
  }

  private async find(personId: string): Promise<PersonKey> {
    const document = await this.ask(this.keys.findOne({ _id: { $eq: personId } }, { readConcern: MAJORITY, maxTimeMS: READ_MS }));
    if (!document) return null;
    return document.wrapped ? this.keyWrap.unwrap(personId, document.wrapped.value()) : 'destroyed';
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, STORE, READ_MS, work);
  }
}
