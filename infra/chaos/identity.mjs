// The identity provider of a chaos run: the services fetch its public key, the load signs itself in.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'keyfold-chaos';
const KEY_ID = 'chaos';
const LIFETIME_S = 24 * 3_600;

export class Identity {
  static async start() {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'ES256', use: 'sig' }] });
    const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(jwks));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Identity(server, privateKey);
  }

  constructor(server, key) {
    this.server = server;
    this.key = key;
  }

  /** What a service has to be told to believe these tokens. */
  get env() {
    return { KEYFOLD_OIDC_ISSUER: ISSUER, KEYFOLD_OIDC_JWKS_URL: `http://127.0.0.1:${this.server.address().port}/` };
  }

  token(role) {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ roles: [role], member: `chaos-${role}` })
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID, typ: 'JWT' })
      .setSubject(`chaos:${role}`)
      .setIssuer(ISSUER)
      .setAudience('keyfold')
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_S)
      .sign(this.key);
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
