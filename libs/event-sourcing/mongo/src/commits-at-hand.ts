import type { SequencedCommit } from '@keyfold/event-sourcing';
import { type CommitDocument, toCommit } from './commit-document.js';

type NumberedDocument = CommitDocument & { readonly position: number };

const MOST = 1_000;
const MOST_TEXT = 16_000_000;

/**
 * What the sequencer of this process has just numbered, for the relay beside it, which need not read it from the server again. Consecutive, bounded, and let go of once the relay is past it.
 */
export class CommitsAtHand {
  private documents: NumberedDocument[] = [];

  put(documents: readonly NumberedDocument[]): void {
    const last = this.documents.at(-1);
    const follows = last === undefined || last.position + 1 === documents[0]?.position;
    this.documents = follows ? [...this.documents, ...documents] : [...documents];
    // A relay that is so far behind reads the feed.
    if (this.documents.length > MOST || textOf(this.documents) > MOST_TEXT) this.documents = [];
  }

  after(position: number, limit: number): SequencedCommit[] {
    const past = this.documents.findIndex((document) => document.position > position);
    this.documents = past < 0 ? [] : this.documents.slice(past);
    return this.documents[0]?.position === position + 1 ? this.documents.slice(0, limit).map((document) => toCommit(document) as SequencedCommit) : [];
  }
}

/** Characters of event data. */
export const textOf = (documents: readonly CommitDocument[]): number => {
  let length = 0;
  for (const { events } of documents) for (const { data } of events) length += data.length;
  return length;
};
