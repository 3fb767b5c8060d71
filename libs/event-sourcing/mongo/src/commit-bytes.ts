import type { Actor, Commit, CommittedEvent } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { type CommitDocument, toCommit } from './commit-document.js';

// Types of BSON elements (bsonspec.org).
const DOUBLE = 1;
const STRING = 2;
const DOCUMENT = 3;
const ARRAY = 4;
const BOOLEAN = 8;
const DATE = 9;
const NULL = 10;
const INT32 = 16;
/** Ends a document or an array, and a name. */
const END = 0;

type Field = keyof CommitDocument | keyof CommittedEvent | keyof Actor;

const FIELDS = [
  ...(['_id', 'streamId', 'expectedVersion', 'toVersion', 'partitionKey', 'events', 'commandId', 'commandHash', 'actor', 'correlationId', 'causationId', 'traceparent'] as const),
  ...(['sequenced', 'position', 'recordedAt', 'eventId', 'type', 'schemaVersion', 'occurredAt', 'supersedes', 'data', 'subject', 'memberId', 'roles'] as const),
] satisfies readonly Field[];
const NAMES = Object.fromEntries(FIELDS.map((field) => [field, Buffer.from(`${field}\0`)])) as object as Record<Field, Uint8Array>;

const OTHERWISE = new Error('not in the order in which commits are written');

/**
 * A commit from the bytes of its document. That is nearly always as `toDocument` and the sequencer write it, and is then read field by field in that order: in a third of the time
 * of a decoder that must be ready for anything, and with as much less garbage. Any other document is left to the library.
 */
export const commitOf = (bytes: Buffer): Commit => commitInOrder(bytes) ?? toCommit(mongo.BSON.deserialize(bytes) as CommitDocument);

/** Null where a field is missing, in another place or of another type. */
export function commitInOrder(bytes: Buffer): Commit | null {
  try {
    return new CommitBytes(bytes).commit();
  } catch (error) {
    if (error === OTHERWISE) return null;
    throw error;
  }
}

/** What the sequencer numbers at once has one time, and a page of the feed has few of them. */
let lastTime = { ms: 0, text: new Date(0).toISOString() };
const textOf = (ms: number): string => (ms === lastTime.ms ? lastTime : (lastTime = { ms, text: new Date(ms).toISOString() })).text;

class CommitBytes {
  private at = 4; // behind the size

  constructor(private readonly bytes: Buffer) {}

  commit(): Commit {
    const commitId = this.string('_id');
    const streamId = this.string('streamId');
    const expectedVersion = this.number('expectedVersion');
    this.number('toVersion');
    const partitionKey = this.string('partitionKey');
    this.begin(ARRAY, 'events');
    const events = this.elements(DOCUMENT, () => this.event());
    const commandId = this.string('commandId');
    const commandHash = this.string('commandHash');
    const actor = this.actor();
    const correlationId = this.string('correlationId');
    const causationId = this.stringOrNull('causationId');
    const traceparent = this.stringOrNull('traceparent');
    this.begin(BOOLEAN, 'sequenced');
    this.at += 1;
    const isNumbered = this.bytes[this.at] !== END;
    const position = isNumbered ? this.number('position') : null;
    const recordedAt = isNumbered ? this.time('recordedAt') : null;
    this.end();
    return { commitId, streamId, expectedVersion, partitionKey, events, commandId, commandHash, actor, correlationId, causationId, traceparent, position, recordedAt };
  }

  private event(): CommittedEvent {
    this.at += 4;
    const eventId = this.string('eventId');
    const type = this.string('type');
    const schemaVersion = this.number('schemaVersion');
    const occurredAt = this.string('occurredAt');
    const supersedes = this.is(ARRAY, 'supersedes') ? this.elements(INT32, () => this.int32()) : null;
    const data = JSON.parse(this.string('data')) as object;
    this.end();
    const event = { eventId, type, schemaVersion, occurredAt, data };
    return supersedes ? { ...event, supersedes } : event;
  }

  private actor(): Actor {
    this.begin(DOCUMENT, 'actor');
    this.at += 4;
    const subject = this.string('subject');
    const memberId = this.stringOrNull('memberId');
    this.begin(ARRAY, 'roles');
    const roles = this.elements(STRING, () => this.text());
    this.end();
    return { subject, memberId, roles };
  }

  private string(field: Field): string {
    this.begin(STRING, field);
    return this.text();
  }

  private stringOrNull(field: Field): string | null {
    return this.is(NULL, field) ? null : this.string(field);
  }

  private number(field: Field): number {
    if (this.is(INT32, field)) return this.int32();
    this.begin(DOUBLE, field);
    this.at += 8;
    return this.bytes.readDoubleLE(this.at - 8);
  }

  private time(field: Field): string {
    this.begin(DATE, field);
    const low = this.int32() >>> 0;
    return textOf(this.int32() * 2 ** 32 + low);
  }

  private elements<T>(type: number, element: () => T): T[] {
    this.at += 4;
    const all: T[] = [];
    while (this.bytes[this.at] !== END) {
      if (this.bytes[this.at] !== type) throw OTHERWISE;
      do this.at += 1;
      while (this.bytes[this.at] !== END); // its index
      this.at += 1;
      all.push(element());
    }
    this.at += 1;
    return all;
  }

  /** Behind the type and the name, if this is the next field. */
  private is(type: number, field: Field): boolean {
    const { bytes, at } = this;
    if (bytes[at] !== type) return false;
    const name = NAMES[field];
    for (let i = 0; i < name.length; i++) if (bytes[at + 1 + i] !== name[i]) return false;
    this.at = at + 1 + name.length;
    return true;
  }

  private begin(type: number, field: Field): void {
    if (!this.is(type, field)) throw OTHERWISE;
  }

  private end(): void {
    if (this.bytes[this.at] !== END) throw OTHERWISE;
    this.at += 1;
  }

  private text(): string {
    const length = this.int32();
    const from = this.at;
    this.at += length;
    return this.bytes.toString('utf8', from, this.at - 1);
  }

  private int32(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}
