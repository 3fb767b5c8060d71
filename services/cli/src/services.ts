import { Failure } from './failure.js';

export const SERVICES: readonly string[] = ['accounts', 'opportunities', 'satisfaction', 'reporting'];

/** The service named, or all of them. Throws Failure for a name that is none. */
export function servicesOf(name: string | undefined): readonly string[] {
  if (name === undefined) return SERVICES;
  if (!SERVICES.includes(name)) throw new Failure(`${name} is not a service: name one of ${SERVICES.join(', ')}.`);
  return [name];
}
