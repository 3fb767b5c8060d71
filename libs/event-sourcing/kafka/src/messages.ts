import type { PartitionedMessage, ReceivedBatch } from '@keyfold/event-sourcing';
import type { IHeaders, KafkaMessage } from 'kafkajs';

type Received = ReceivedBatch['messages'][number];

/** A record as its reader sees it: headers and value are text again; what is absent is empty. */
export function toMessage({ key, value, headers, offset }: KafkaMessage): Received {
  return { key: key?.toString() ?? '', value: value?.toString() ?? '', headers: toText(headers), offset };
}

function toText(headers: IHeaders | undefined): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) text[name] = last.toString();
  }
  return text;
}

/** Length fields, offsets and timestamps of a record and of each of its headers, generously. */
const RECORD_OVERHEAD = 32;
const HEADER_OVERHEAD = 8;

export function sizeOf(message: PartitionedMessage): number {
  let bytes = RECORD_OVERHEAD + Buffer.byteLength(message.key) + Buffer.byteLength(message.value);
  for (const [name, value] of Object.entries(message.headers))
    bytes += HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}

/** Consecutive runs of messages, each at most `maxBytes`; a message that is larger by itself goes alone. */
export function* inRequests(messages: readonly PartitionedMessage[], maxBytes: number): Generator<readonly PartitionedMessage[]> {
  let start = 0;
  let bytes = 0;
  for (const [i, message] of messages.entries()) {
    const size = sizeOf(message);
    if (i > start && bytes + size > maxBytes) {
      yield messages.slice(start, i);
      start = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < messages.length) yield messages.slice(start);
}
