/** The request names nobody whom this deployment knows. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
  constructor(readonly code: 'unauthenticated' | 'token-invalid' | 'token-expired') {
    super(code);
  }
}
