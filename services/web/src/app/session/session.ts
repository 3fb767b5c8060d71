import { useSyncExternalStore } from 'react';

export interface Session {
  readonly token: string;
  readonly user: string;
  readonly name: string;
  readonly role: string;
  readonly memberId: string | null;
}

const KEY = 'keyfold.session';
const listeners = new Set<() => void>();
let current: Session | null = stored();
let hasExpired = false;

function stored(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
  } catch {
    return null;
  }
}

function change(session: Session | null, expired: boolean): void {
  current = session;
  hasExpired = expired;
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who is signed in, in this browser tab only: the token lives in sessionStorage and ends with the tab. */
export const session = {
  current: () => current,
  start: (next: Session) => change(next, false),
  end: () => change(null, false),
  /** The server no longer takes the token. */
  expire: () => change(null, true),
};

export const useSession = (): Session | null => useSyncExternalStore(subscribe, () => current);
export const useHasExpired = (): boolean => useSyncExternalStore(subscribe, () => hasExpired);
