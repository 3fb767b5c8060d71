/** Something the person at the keyboard can mend: shown as one sentence, without a stack, exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
