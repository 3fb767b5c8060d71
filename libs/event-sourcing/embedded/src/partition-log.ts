import type { Message, ReceivedBatch } from '@keyfold/event-sourcing';

type Kept = ReceivedBatch['messages'][number];

/** The messages of one partition, in memory. Offsets go on for ever; the messages before `begin` are gone. */
export class PartitionLog {
  private messages: Kept[] = [];
  private first = 0;
  /** The last message with a key, however many markers came behind it: a relay may still read it back. */
  private lastKeyed: Kept | null = null;

  /** Offset of the oldest message that is still there. */
  get begin(): number {
    return this.first;
  }

  /** Offset that the next message will have. */
  get end(): number {
    return this.first + this.messages.length;
  }

  append({ key, headers, value }: Message): void {
    const kept = { key, headers, value, offset: String(this.end) };
    this.messages.push(kept);
    if (key !== '') this.lastKeyed = kept;
  }

  at(offset: string): Kept | null {
    return this.messages[Number(offset) - this.first] ?? (this.lastKeyed?.offset === offset ? this.lastKeyed : null);
  }

  read(offset: number, limit: number): readonly Kept[] {
    return this.messages.slice(offset - this.first, offset - this.first + limit);
  }

  /** Forgets what lies before `offset`. In steps, so that freeing is not a copy of the rest for every message. */
  forgetBefore(offset: number, step: number): void {
    if (offset - this.first < step) return;
    this.messages = this.messages.slice(offset - this.first);
    this.first = offset;
  }
}
