// TypeScript type -> JSON Schema 2020-12, for the types that event data is made of. Written for this purpose alone: the generators that exist go by
// declarations, while the data of an event is an anonymous type inside a union. What has no JSON form is an error, never a guess.
import ts from 'typescript';

const DEEPEST = 12;

/** Record and Readonly have comments too. */
const isOfTheLanguage = (declaration) =>
  declaration.getSourceFile().hasNoDefaultLib || /\/typescript\/lib\/[^/]*$/.test(declaration.getSourceFile().fileName);

const compare = (a, b) => (a < b ? -1 : Number(a > b));

/** `path` names the place in errors. */
export const jsonSchemaOf = (checker, type, path) => new Schemas(checker).of(type, path, 0);

class Schemas {
  constructor(checker) {
    this.checker = checker;
  }

  of(type, path, depth) {
    if (depth > DEEPEST) throw new Error(`${path}: nested too deeply, or recursive`);
    if (type.isUnion()) return this.union(type, path, depth);
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.NonPrimitive) return { type: 'object' };
    if (this.checker.isArrayType(type))
      return { type: 'array', items: this.of(this.checker.getTypeArguments(type)[0], `${path}[]`, depth + 1) };
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection) && this.isData(type)) return this.object(type, path, depth);
    throw new Error(`${path}: ${this.checker.typeToString(type)} has no JSON form`);
  }

  /** Not a function, and not one of the classes of the language. */
  isData(type) {
    if (type.symbol?.declarations?.every(isOfTheLanguage) && !type.aliasSymbol) return Boolean(type.objectFlags & ts.ObjectFlags.Mapped);
    return type.getCallSignatures().length === 0 && type.getConstructSignatures().length === 0;
  }

  /** `null` and literals become one enum, scalars one list of types; anything else alternatives. In an order of their own: the compiler's is that of creation. */
  union(union, path, depth) {
    const types = union.types.filter((type) => !(type.flags & ts.TypeFlags.Undefined));
    const isBoolean = types.filter((type) => type.flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const parts = types
      .filter((type) => !isBoolean || !(type.flags & ts.TypeFlags.BooleanLiteral))
      .map((type) => this.of(type, path, depth));
    if (isBoolean) parts.unshift({ type: 'boolean' });
    const isNull = (part) => part.type === 'null';
    parts.sort((a, b) => Number(isNull(a)) - Number(isNull(b)) || compare(JSON.stringify(a), JSON.stringify(b)));
    if (parts.length === 1) return parts[0];
    if (parts.every((part) => 'const' in part || isNull(part))) return { enum: parts.map((part) => (isNull(part) ? null : part.const)) };
    if (parts.every((part) => Object.keys(part).length === 1 && part.type !== 'object')) return { type: parts.map((part) => part.type) };
    return { anyOf: parts };
  }

  object(type, path, depth) {
    const properties = {};
    const required = [];
    for (const property of this.checker.getPropertiesOfType(type)) {
      const optional = Boolean(property.flags & ts.SymbolFlags.Optional);
      if (!optional) required.push(property.name);
      properties[property.name] = this.property(property, `${path}.${property.name}`, depth);
    }
    const values = this.checker
      .getIndexInfosOfType(type)
      .map((info) => info.type)
      .filter((value) => !(value.flags & ts.TypeFlags.Never));
    return {
      type: 'object',
      ...this.said(type.aliasSymbol ?? type.symbol),
      ...(required.length > 0 && { required: required.toSorted(compare) }),
      ...((values.length === 0 || Object.keys(properties).length > 0) && { properties }),
      ...(values.length > 0 && { additionalProperties: this.of(values[0], `${path}.*`, depth + 1) }),
    };
  }

  property(property, path, depth) {
    const schema = this.of(this.checker.getTypeOfSymbol(property), path, depth + 1);
    const node = property.valueDeclaration?.type;
    const said = { ...(node && this.alias(node)), ...this.said(property) };
    if (said.type && Array.isArray(schema.type)) said.type = schema.type.map((type) => (type === 'number' ? said.type : type));
    return { ...schema, ...said };
  }

  /** What a name for a text or a number says (DateOnly, Instant): the compiler sees the text alone. */
  alias(node) {
    const references = (ts.isUnionTypeNode(node) ? [...node.types] : [node]).filter(ts.isTypeReferenceNode);
    for (const { typeName } of references) {
      const found = this.checker.getSymbolAtLocation(typeName);
      const symbol = found && found.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found;
      const declared = symbol?.declarations?.find(ts.isTypeAliasDeclaration);
      if (declared && [ts.SyntaxKind.StringKeyword, ts.SyntaxKind.NumberKeyword].includes(declared.type.kind)) return this.said(symbol);
    }
    return {};
  }

  /** The comment of a declaration, and its tags `@format date`, `@pattern ^[A-Z]{3}$`, `@asType integer`. */
  said(symbol) {
    if (symbol?.declarations?.every(isOfTheLanguage)) return {};
    const description = ts.displayPartsToString(symbol?.getDocumentationComment(this.checker) ?? []).replace(/\s*\n\s*/g, ' ');
    const tags = Object.fromEntries(
      (symbol?.getJsDocTags(this.checker) ?? []).map(({ name, text }) => [name, ts.displayPartsToString(text)]),
    );
    const { format, pattern, asType } = tags;
    return { ...(asType && { type: asType }), ...(description && { description }), ...(format && { format }), ...(pattern && { pattern }) };
  }
}
