/** `amountMinor` is an integer in the minor unit of `currency` (ISO 4217): cents for EUR and USD. Never a float, never summed across currencies. */
export interface Money {
  /** @asType integer */
  readonly amountMinor: number;
  readonly currency: string;
}

/**
 * Calendar date `YYYY-MM-DD` in the deployment's reporting time zone.
 * @format date
 */
export type DateOnly = string;

/**
 * RFC 3339 instant in UTC.
 * @format date-time
 */
export type Instant = string;

/**
 * Plaintext in a decision, ciphertext from the store on; revealed at the edge of a query.
 * @format ciphertext
 */
export type Personal = string;

/** Where an imported record comes from. `rowKey` identifies the row in the source system, `run` the import run that wrote it last. */
export interface Provenance {
  readonly source: string;
  readonly entity: string;
  readonly rowKey: string;
  readonly run: string;
}

/** A text in both languages of the product. */
export interface Bilingual {
  readonly en: string;
  readonly fr: string;
}

/** Roles that a token may carry (domain.md 4). `consultant` reads what a grant names, for as long as it runs. */
export const ROLES = [
  'kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'service-agent', 'finance', 'hr', 'consultant', 'auditor', 'operator', 'admin', 'bi', 'service',
] as const;
export type Role = (typeof ROLES)[number];

/** Where somebody stands in a company, ours or a client's: 1 C-level, 2 director, 3 manager, 4 other. */
export const SENIORITY_LEVELS = [1, 2, 3, 4] as const;
export type SeniorityLevel = (typeof SENIORITY_LEVELS)[number];
