import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ROLES } from '@keyfold/contracts';
import { type Actor, type Clock, LastUsed, Unavailable } from '@keyfold/event-sourcing';
import { Unauthenticated } from './unauthenticated.js';

const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
const MAX_TOKEN_LENGTH = 8_192;
const MAX_KEPT = 1_000;
const CLOCK_TOLERANCE_S = 5;

/** Roles that a person's token may name. `service` comes from the service credential alone. */
const PERSONAL_ROLES: readonly string[] = ROLES.filter((role) => role !== 'service');

export interface AuthenticatorOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Public keys of the issuer: a remote or a local key set of jose. */
  readonly keys: JWTVerifyGetKey;
  /** The credential that the services of this deployment share. */
  readonly serviceToken: string;
  readonly clock: Clock;
}

/** Tells who a request comes from. Verified tokens are kept until they expire, so that a busy caller costs one signature check. */
export class Authenticator {
  private readonly kept = new LastUsed<{ principal: Actor; until: number }>(MAX_KEPT);
  private readonly serviceHash: Buffer;

  constructor(private readonly options: AuthenticatorOptions) {
    this.serviceHash = sha256(options.serviceToken);
  }

  /** The principal of an Authorization header. Throws Unauthenticated, or Unavailable when the issuer's keys cannot be fetched. */
  async principalOf(authorization: string | undefined): Promise<Actor> {
    if (!authorization) throw new Unauthenticated('unauthenticated');
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (!token || token.length > MAX_TOKEN_LENGTH) throw new Unauthenticated('token-invalid');
    const hash = sha256(token);
    if (timingSafeEqual(hash, this.serviceHash)) return { subject: 'service', memberId: null, roles: ['service'] };
    const name = hash.toString('base64');
    const kept = this.kept.peek(name);
    if (kept && kept.until > this.now()) return kept.principal;
    const payload = await this.verify(token);
    const principal = principalOf(payload);
    this.kept.set(name, { principal, until: payload.exp! * 1000 });
    return principal;
  }

  private async verify(token: string): Promise<JWTPayload> {
    const { issuer, audience, keys, clock } = this.options;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: clock.now(),
      });
      return payload;
    } catch (error) {
      throw asRefusal(error);
    }
  }

  private now(): number {
    return this.options.clock.now().getTime();
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The fault is the token's, unless the keys could not be fetched at all. */
function asRefusal(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return new Unauthenticated('token-expired');
  const outage = !(error instanceof errors.JOSEError) || ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code);
  return outage ? new Unavailable('the identity provider', { cause: error }) : new Unauthenticated('token-invalid');
}

function principalOf({ sub, roles, member }: JWTPayload): Actor {
  const valid =
    typeof sub === 'string' &&
    /^[\x21-\x7e]{1,200}$/.test(sub) &&
    Array.isArray(roles) &&
    roles.every((role) => typeof role === 'string') &&
    (member === undefined || (typeof member === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(member)));
  if (!valid) throw new Unauthenticated('token-invalid');
  return { subject: sub, memberId: member ?? null, roles: (roles as string[]).filter((role) => PERSONAL_ROLES.includes(role)) };
}
