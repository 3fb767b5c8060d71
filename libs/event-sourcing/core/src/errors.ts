/**
 * The errors of the platform. Decisions throw DomainError; the store, the transport and the command path throw the others.
 * None of them knows HTTP: one filter at the edge maps them to problem+json.
 */

/** A rule said no. `code` is stable and translated in the UI; `params` fill the translated sentence. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: string,
    readonly params: Readonly<Record<string, string | number | boolean | null | readonly string[]>> = {},
  ) {
    super(`${code} ${JSON.stringify(params)}`);
  }
}

/** The thing addressed does not exist, or the caller may not know that it does. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`no ${kind} ${id}`);
  }
}

/** The caller may see the thing, but not do this to it. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
  constructor(readonly code: string) {
    super(code);
  }
}

/** Another append moved the stream first. Inside the command path this means: load again, decide again. */
export class WrongExpectedVersion extends Error {
  override readonly name = 'WrongExpectedVersion';
  constructor(
    readonly streamId: string,
    readonly expected: number,
  ) {
    super(`${streamId} is not at version ${expected}`);
  }
}

/** The caller's If-Match names a version that is not the stream's head. */
export class StaleVersion extends Error {
  override readonly name = 'StaleVersion';
  constructor(
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`expected version ${expected}, the stream is at ${actual}`);
  }
}

/** A command with this id was appended before. Carries what was stored, so that the first result can be given again. */
export class CommandAlreadyAppended extends Error {
  override readonly name = 'CommandAlreadyAppended';
  constructor(readonly commandId: string) {
    super(`command ${commandId} was appended before`);
  }
}

/** The command id was used before for another actor, target or body. */
export class CommandIdReused extends Error {
  override readonly name = 'CommandIdReused';
  constructor(readonly commandId: string) {
    super(`command id ${commandId} was used before with another body`);
  }
}

/** The commit is larger than the store takes. Nothing was sent. */
export class CommitTooLarge extends Error {
  override readonly name = 'CommitTooLarge';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`the events of this command are ${bytes} bytes, the limit is ${limit}`);
  }
}

/** One event is larger than its topic takes. Nothing was sent. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
  constructor(
    readonly type: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`an event ${type} of this command has ${bytes} bytes of data, the limit is ${limit}`);
  }
}

/** A store, a broker or a peer did not answer in time, or a bounded queue is full. The caller may try again. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly what: string,
    options?: { cause?: unknown; retryAfterSeconds?: number },
  ) {
    super(`${what} is not available`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 1;
  }
  readonly retryAfterSeconds: number;
}

/** A known event type in a schema version that this process does not know yet: parked until one does. */
export class UnknownEventVersion extends Error {
  override readonly name = 'UnknownEventVersion';
  constructor(
    readonly type: string,
    readonly version: number,
  ) {
    super(`${type} version ${version} is not known to this process`);
  }
}

/** A row that the store cannot hold: too large, or not plain JSON. Nothing of its batch was written. */
export class RowRefused extends Error {
  override readonly name = 'RowRefused';
  constructor(reason: string, options?: { cause?: unknown }) {
    super(`the store refuses a row: ${reason}`, options);
  }
}

/** Another process has taken over what this one was doing. Nothing was written. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
  constructor(what: string) {
    super(`${what} was taken over`);
  }
}

/** The projection has no generation that it could go back to, or a rebuild is under way. */
export class NoPreviousGeneration extends Error {
  override readonly name = 'NoPreviousGeneration';
}
