import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type KeyStore, type PersonKey, Unavailable } from '@keyfold/event-sourcing';
import { AesVault, isCiphertext } from './aes-vault.js';

class Keys implements Pick<KeyStore, 'keyFor'> {
  readonly keys = new Map<string, Uint8Array | 'destroyed'>();
  asked = 0;
  down = false;

  async keyFor(personId: string, create: boolean): Promise<PersonKey> {
    this.asked += 1;
    if (this.down) throw new Unavailable('keys');
    if (!this.keys.has(personId) && create) this.keys.set(personId, randomBytes(32));
    return this.keys.get(personId) ?? null;
  }
}

const setup = () => {
  const keys = new Keys();
  let now = 0;
  const clock = { now: () => new Date(now), wait: async () => undefined };
  return { keys, vault: new AesVault(keys, clock), pass: (ms: number) => void (now += ms) };
};

describe('the vault of personal data', () => {
  it('gives back what it was given', async () => {
    const { vault } = setup();
    for (const text of ['Zoë Ångström', '', '漢字 \u{1F511}', 'a.b.c', 'x'.repeat(10_000)]) {
      const ciphertext = await vault.encrypt('person-1', text);
      expect(ciphertext).toMatch(/^kf1\.person-1\.[A-Za-z0-9_-]+$/);
      expect(isCiphertext(ciphertext)).toBe(true);
      expect(await vault.decrypt(ciphertext)).toBe(text);
    }
  });

  it('never makes the same ciphertext twice', async () => {
    const { vault } = setup();
    expect(await vault.encrypt('p', 'same')).not.toBe(await vault.encrypt('p', 'same'));
  });

  it('refuses what was tampered with or belongs to another person', async () => {
    const { vault, keys } = setup();
    const ciphertext = await vault.encrypt('p', 'secret');
    keys.keys.set('q', keys.keys.get('p')!);
    await expect(vault.decrypt(ciphertext.replace('.p.', '.q.'))).rejects.toThrow();
    const flipped = ciphertext.slice(0, -2) + (ciphertext.endsWith('AA') ? 'BB' : 'AA');
    await expect(vault.decrypt(flipped)).rejects.toThrow();
    await expect(vault.decrypt('kf1.p.')).rejects.toThrow();
    for (const plain of ['Zoë', 'kf1.p', '']) await expect(vault.decrypt(plain)).rejects.toThrow(TypeError);
  });

  it('knows nothing of an erased person, five minutes after the erasure at the latest, at once when told', async () => {
    const { vault, keys, pass } = setup();
    const ciphertext = await vault.encrypt('p', 'secret');
    keys.keys.set('p', 'destroyed');
    pass(4 * 60_000);
    expect(await vault.decrypt(ciphertext)).toBe('secret');
    pass(60_000);
    expect(await vault.decrypt(ciphertext)).toBeNull();
    await expect(vault.encrypt('p', 'more')).rejects.toThrow(/person-erased/);

    const other = await vault.encrypt('q', 'secret');
    keys.keys.set('q', 'destroyed');
    vault.forget('q');
    expect(await vault.decrypt(other)).toBeNull();
  });

  it('does not keep a key that came in after its person was forgotten', async () => {
    const { vault, keys } = setup();
    const ciphertext = await vault.encrypt('p', 'secret');
    vault.forget('p');
    const reading = vault.decrypt(ciphertext);
    keys.keys.set('p', 'destroyed');
    vault.forget('p');
    await reading;
    expect(await vault.decrypt(ciphertext)).toBeNull();
  });

  it('asks once for many readers and remembers a key, but not a failure', async () => {
    const { vault, keys } = setup();
    const ciphertext = await vault.encrypt('p', 'secret');
    vault.forget('p');
    keys.asked = 0;
    keys.down = true;
    await expect(vault.decrypt(ciphertext)).rejects.toThrow(Unavailable);
    keys.down = false;
    expect(await Promise.all([1, 2, 3].map(() => vault.decrypt(ciphertext)))).toEqual(['secret', 'secret', 'secret']);
    await vault.decrypt(ciphertext);
    expect(keys.asked).toBe(2);
  });

  it('asks once about an erased person', async () => {
    const { vault, keys } = setup();
    const ciphertext = await vault.encrypt('p', 'secret');
    keys.keys.set('p', 'destroyed');
    vault.forget('p');
    keys.asked = 0;
    for (let i = 0; i < 3; i++) expect(await vault.decrypt(ciphertext)).toBeNull();
    keys.down = true;
    expect(await vault.decrypt(ciphertext)).toBeNull();
    expect(keys.asked).toBe(1);
  });

  it('lets a text that is encrypted while its person is erased be read by nobody afterwards, or refuses it', async () => {
    const { vault, keys } = setup();
    await vault.encrypt('p', 'first');
    const racing = Promise.allSettled(Array.from({ length: 20 }, (_, i) => vault.encrypt('p', `racing ${i}`)));
    keys.keys.set('p', 'destroyed');
    vault.forget('p');
    for (const outcome of await racing)
      if (outcome.status === 'fulfilled') expect(await vault.decrypt(outcome.value)).toBeNull();
      else expect(outcome.reason).toMatchObject({ code: 'person-erased' });
  });
});
