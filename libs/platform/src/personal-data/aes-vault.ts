import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { type Clock, DomainError, type KeyStore, LastUsed, type Vault } from '@keyfold/event-sourcing';

const PREFIX = 'kf1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** After a key was destroyed, other processes may go on reading for this long and no longer. */
export const LONGEST_KEPT_MS = 5 * 60_000;
const CACHED_KEYS = 10_000;

/** As KeyStore has it; a KeyObject, since a cipher that is given raw bytes takes four times as long as one that is given this. */
type ReadyKey = KeyObject | 'destroyed' | null;

export const isCiphertext = (text: string): boolean => text.startsWith(PREFIX);

/**
 * AES-256-GCM with a key per person. Ciphertext: `kf1.<personId>.<base64url(iv | tag | ciphertext)>`, bound to the person's id, so that
 * one person's data cannot be passed off as another's. What is encrypted under a cached key after its destruction can be read by nobody once the caches are empty.
 */
export class AesVault implements Vault {
  private readonly cache = new LastUsed<{ readonly key: KeyObject | 'destroyed'; readonly until: number }>(CACHED_KEYS);
  /** Questions to the key store that are under way, so that many readers of one name ask once. */
  private readonly asking = new Map<string, Promise<ReadyKey>>();

  constructor(
    private readonly keys: Pick<KeyStore, 'keyFor'>,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `person-erased` when the person's key was destroyed. */
  async encrypt(personId: string, plaintext: string): Promise<string> {
    const key = await this.keyFor(personId, true);
    if (key === null || key === 'destroyed') throw new DomainError('person-erased', { personId });
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(personId));
    const encrypted = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return `${PREFIX}${personId}.${Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')}`;
  }

  /** Throws TypeError for a text that is no ciphertext, and an error for one that was tampered with. */
  async decrypt(ciphertext: string): Promise<string | null> {
    const dot = ciphertext.lastIndexOf('.');
    if (!isCiphertext(ciphertext) || dot < PREFIX.length) throw new TypeError('not a ciphertext of personal data');
    const personId = ciphertext.slice(PREFIX.length, dot);
    const key = await this.keyFor(personId, false);
    if (key === null || key === 'destroyed') return null;
    const bytes = Buffer.from(ciphertext.slice(dot + 1), 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(personId))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }

  /** Forgets a person's key at once, also one that is on its way here: the person was erased. */
  forget(personId: string): void {
    this.cache.delete(personId);
    for (const create of [true, false]) this.asking.delete(`${create}:${personId}`);
  }

  /** Forgets everybody's keys: somebody was erased, and it is not known who. */
  forgetAll(): void {
    this.cache.clear();
    this.asking.clear();
  }

  private async keyFor(personId: string, create: boolean): Promise<ReadyKey> {
    const cached = this.cache.peek(personId);
    if (cached && cached.until > this.clock.now().getTime()) return cached.key;
    const question = `${create}:${personId}`;
    const asking = this.asking.get(question) ?? this.readyKey(personId, create);
    this.asking.set(question, asking);
    try {
      const key = await asking;
      // Not kept when the person was erased meanwhile; and a missing key is not kept at all, as another process may make it. A destroyed one is kept as that:
      // otherwise each reading of an erased name would ask the owners again, and fail with them.
      if (key && this.asking.get(question) === asking) this.cache.set(personId, { key, until: this.clock.now().getTime() + LONGEST_KEPT_MS });
      return key;
    } finally {
      if (this.asking.get(question) === asking) this.asking.delete(question);
    }
  }

  private async readyKey(personId: string, create: boolean): Promise<ReadyKey> {
    const key = await this.keys.keyFor(personId, create);
    return key instanceof Uint8Array ? createSecretKey(key) : key;
  }
}
