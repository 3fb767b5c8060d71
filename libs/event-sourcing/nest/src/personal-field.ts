import { commandHash } from './crypto.js';

const PERSONAL = Symbol('personal fields');

/**
 * A field of a command's body that ends up encrypted in an event. It stays out of the command's hash, which is kept in the clear for ever: a hash over a name is found
 * by trying names, also after the erasure. Whether a repeated command says the same name is read from what the first one encrypted, for as long as that can be read.
 */
export const PersonalField = (): PropertyDecorator => (prototype, field) => {
  Reflect.defineMetadata(PERSONAL, [...fieldsOf(prototype), field as string], prototype);
};

const fieldsOf = (command: object): readonly string[] => (Reflect.getMetadata(PERSONAL, command) as readonly string[] | undefined) ?? [];

/** The parts of a command's context that follow from its body. `formerHash` is how logs were written that are older than this: over the whole body. */
export function hashedBody(actor: string, target: string, command: object): { commandHash: string; personal?: { texts: readonly string[]; formerHash: string } } {
  const hash = (body: object): string => commandHash(actor, command.constructor.name, target, body);
  const body: Record<string, unknown> = { ...command };
  const fields = fieldsOf(command).filter((field) => typeof body[field] === 'string');
  if (fields.length === 0) return { commandHash: hash(body) };
  const withheld = Object.fromEntries(fields.map((field) => [field, true]));
  return { commandHash: hash({ ...body, ...withheld }), personal: { texts: fields.map((field) => body[field] as string), formerHash: hash(body) } };
}
