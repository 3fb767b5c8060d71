import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyStore } from '../personal-data.js';

export interface KeyStoreUnderTest {
  /** The store as another process, or the next one, sees it. */
  open(): KeyStore;
  close(): Promise<void>;
}

/** What every store of person keys must do, whatever it stands on. */
export function keyStoreContract(name: string, make: () => Promise<KeyStoreUnderTest>): void {
  describe(`${name} as a key store`, () => {
    let under: KeyStoreUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under.close());

    const bytes = async (store: KeyStore, personId = 'person-1'): Promise<Buffer> => Buffer.from((await store.keyFor(personId, false)) as Uint8Array);

    it('makes a key when told to, and gives the same to everybody for ever', async () => {
      const store = under.open();
      expect(await store.keyFor('person-1', false)).toBeNull();
      const all = await Promise.all(Array.from({ length: 10 }, () => under.open().keyFor('person-1', true)));
      for (const key of all) expect(Buffer.from(key as Uint8Array)).toEqual(Buffer.from(all[0] as Uint8Array));
      expect(all[0]).toHaveLength(32);
      expect(await bytes(under.open())).toEqual(Buffer.from(all[0] as Uint8Array));
      expect(Buffer.from((await store.keyFor('person-2', true)) as Uint8Array)).not.toEqual(Buffer.from(all[0] as Uint8Array));
    });

    it('destroys a key for ever, whoever asks and however often', async () => {
      const store = under.open();
      await store.keyFor('person-1', true);
      await store.keyFor('person-2', true);
      const kept = await bytes(store, 'person-2');
      expect(await store.destroy('person-1')).toBe('destroyed');
      expect(await under.open().destroy('person-1')).toBe('was-destroyed');
      for (const reader of [store, under.open()]) {
        expect(await reader.keyFor('person-1', false)).toBe('destroyed');
        expect(await reader.keyFor('person-1', true)).toBe('destroyed');
      }
      expect(await bytes(under.open(), 'person-2')).toEqual(kept);
    });

    it('destroys what never was, so that it never will be', async () => {
      expect(await under.open().destroy('nobody')).toBe('never-existed');
      expect(await under.open().destroy('nobody')).toBe('was-destroyed');
      expect(await under.open().keyFor('nobody', true)).toBe('destroyed');
    });

    it('leaves no key behind, however its making and its destruction race', async () => {
      for (let round = 0; round < 10; round++) {
        const person = `person-${round}`;
        const outcomes = await Promise.all([under.open().keyFor(person, true), under.open().destroy(person), under.open().keyFor(person, true), under.open().destroy(person)]);
        expect(outcomes.filter((outcome) => outcome === 'destroyed' || outcome === 'never-existed').length).toBeGreaterThan(0);
        expect(await under.open().keyFor(person, true)).toBe('destroyed');
      }
    });

    it('says for how long its own log may hold what was destroyed', async () => {
      await under.open().keyFor('person-1', true);
      const hours = await under.open().lingersHours();
      expect(hours === null || hours >= 0).toBe(true);
    });
  });
}
