/** Labels of a measurement: few, and with few values each. */
export type Labels = Readonly<Record<string, string>>;

/** What is watched in operation. Names are Prometheus names without the prefix `keyfold_`, the unit at their end (`relay_backlog_commits`, `projection_lag_seconds`). */
export interface Metrics {
  /** Adds to a counter; by 1 unless told. */
  count(name: string, labels?: Labels, by?: number): void;
  /** Sets a gauge. */
  set(name: string, value: number, labels?: Labels): void;
  /** What was measured so far under a name, for whoever reports it otherwise; absent where nothing is kept. */
  read?(name: string): readonly { readonly labels: Labels; readonly value: number }[];
}

export const noMetrics: Metrics = { count: () => undefined, set: () => undefined };

/** What an operator did, or what the machinery found wrong and mended. Holds no personal data. */
export interface AuditEntry {
  /** RFC 3339 in UTC. */
  readonly at: string;
  /** Subject of the operator's token, or the part of the machinery: `relay`, `projector`. */
  readonly actor: string;
  /** kebab-case, past tense: `dead-letter-discarded`, `relay-rewound`, `gap-repaired`. */
  readonly action: string;
  /** What it was done to: a stream, a projection, a topic and partition. */
  readonly subject: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** An entry as it is kept. `id` begins with `at`, so that ids sort by time; no two entries share one. */
export interface KeptAuditEntry extends AuditEntry {
  readonly id: string;
}

/** Nothing is mended in silence: each detected hole, rewind, dead letter and operator's action leaves an entry that survives the process. */
export interface AuditLog {
  /** Throws Unavailable. */
  write(entry: AuditEntry): Promise<void>;
  /** The newest first, those before `before` (an entry's id, or RFC 3339) when it is given, at most `limit`. */
  read(query: { limit: number; before?: string }): Promise<KeptAuditEntry[]>;
  /** Drops the oldest entries, of those before an instant (RFC 3339) at most `limit`; answers how many. */
  dropBefore(at: string, limit: number): Promise<number>;
}

export const noAuditLog: AuditLog = { write: async () => undefined, read: async () => [], dropBefore: async () => 0 };
