import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Clock, type KeyStore, Unavailable } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { databaseOf, DURABLE, isDuplicateKey, MAJORITY, READ_MS, within } from './connection.js';

const STORE = 'the key store';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A data key, wrapped (iv | tag | ciphertext); null where it was destroyed. */
interface PersonKeyDocument {
  readonly _id: string;
  readonly wrapped: mongo.Binary | null;
}

/**
 * Data keys of persons in a database of their own, `<database>_keys`, so that a dump of the events never holds one. Each is wrapped by the master key
 * (AES-256-GCM, bound to the person's id), which is not in any database. A destroyed key leaves its empty document, so that none is ever made for that person again.
 */
export class MongoKeyStore implements KeyStore {
  private readonly keys: mongo.Collection<PersonKeyDocument>;

  constructor(
    connection: Connection,
    private readonly masterKey: Buffer,
    private readonly tools: { clock: Clock },
  ) {
    if (masterKey.length !== KEY_BYTES) throw new RangeError(`the master key has ${masterKey.length} bytes, it needs ${KEY_BYTES}`);
    const db = databaseOf(connection);
    this.keys = db.client.db(`${db.databaseName}_keys`).collection('person_keys');
  }

  async keyFor(personId: string, create: boolean): Promise<Uint8Array | null> {
    const known = await this.find(personId);
    if (known !== undefined || !create) return known ?? null;
    const key = randomBytes(KEY_BYTES);
    try {
      // Durable before it is used: what was encrypted under a lost key is lost.
      await this.ask(this.keys.insertOne({ _id: personId, wrapped: new mongo.Binary(this.wrap(personId, key)) }, { writeConcern: DURABLE }));
      return key;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return this.afterRace(personId);
    }
  }

  /** Another process was faster. Its key may be used once it is durable, which a majority read shows. */
  private async afterRace(personId: string): Promise<Uint8Array | null> {
    for (let pause = 5; ; pause *= 2) {
      const known = await this.find(personId);
      if (known !== undefined) return known;
      if (pause > READ_MS) throw new Unavailable(STORE);
      await this.tools.clock.wait(pause);
    }
  }

  /** Undefined when there never was a key, null when it was destroyed. */
  private async find(personId: string): Promise<Uint8Array | null | undefined> {
    const document = await this.ask(this.keys.findOne({ _id: { $eq: personId } }, { readConcern: MAJORITY, maxTimeMS: READ_MS }));
    if (!document) return undefined;
    return document.wrapped && this.unwrap(personId, Buffer.from(document.wrapped.value()));
  }

  private wrap(personId: string, key: Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.masterKey, iv).setAAD(Buffer.from(personId));
    const wrapped = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), wrapped]);
  }

  /** Throws when the master key is not the one that the key was wrapped with. */
  private unwrap(personId: string, wrapped: Buffer): Uint8Array {
    const decipher = createDecipheriv('aes-256-gcm', this.masterKey, wrapped.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(personId))
      .setAuthTag(wrapped.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, STORE, READ_MS, work);
  }
}
