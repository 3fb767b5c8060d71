/** Personal data: encrypted before the store sees it, decrypted at the edge of a query. Destroying a key is the erasure. */
export interface Vault {
  /** Ciphertext, self-describing (names the person and the key version). Throws DomainError `person-erased`. */
  encrypt(personId: string, plaintext: string): Promise<string>;
  /** Plaintext; null when the person was erased. Throws Unavailable when the key cannot be fetched. */
  decrypt(ciphertext: string): Promise<string | null>;
  /** Drops whatever this process holds of a person's key: the person was erased. */
  forget(personId: string): void;
}

/** `destroyed`: there was a key, and there never will be one again. null: there is none yet. */
export type PersonKey = Uint8Array | 'destroyed' | null;

/** What a destruction found: a key, the trace of an earlier destruction, or nothing. */
export type Destruction = 'destroyed' | 'was-destroyed' | 'never-existed';

/** Data keys of persons, wrapped by a master key, outside the event database. A destroyed key is never made again for the same person. */
export interface KeyStore {
  /** The 32-byte key of a person; null when there is none and `create` is false. */
  keyFor(personId: string, create: boolean): Promise<PersonKey>;
  /**
   * Destroys the key, durably and for ever, also where there is none yet: no `keyFor` makes one after it. Can be repeated at any time, and is, after a crash.
   * Throws Unavailable.
   */
  destroy(personId: string): Promise<Destruction>;
  /** For how many hours after a destruction the store's own log may still hold the wrapped key: 0 where it is gone at once, null where the store does not say. */
  lingersHours(): Promise<number | null>;
}

/** Wraps the data keys of persons with the master key, bound to the person, so that neither a dump of the key store nor another person's row opens anything. */
export interface KeyWrap {
  /** A fresh data key. */
  newKey(): Uint8Array;
  wrap(personId: string, key: Uint8Array): Uint8Array;
  /** Throws when it was wrapped with another master key or for another person. */
  unwrap(personId: string, wrapped: Uint8Array): Uint8Array;
}
