/**
 * Bodies are closed: a field that the class does not declare is refused. `forbidUnknownValues` would refuse a command that has no fields at all,
 * and with a whitelist it adds nothing.
 */
export const CLOSED_BODY = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false } as const;
