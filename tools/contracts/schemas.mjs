/** A schema without what is meant for people: an edited comment is no other contract. */
export const withoutWords = (schema) => mapSchema(schema, ({ title: _title, description: _description, ...rest }) => rest);

/** Readers take whatever fields come along; what is written has the declared ones alone. */
export const closed = (schema) =>
  mapSchema(schema, (each) => (each.properties && !('additionalProperties' in each) ? { ...each, additionalProperties: false } : each));

/** Applies `change` to a schema and to every schema in it. Field names are no keywords, whatever they are. */
function mapSchema(schema, change) {
  const { properties, items, anyOf, additionalProperties, ...rest } = schema;
  const each = (part) => mapSchema(part, change);
  return change({
    ...rest,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, each(property)])) }),
    ...(items && { items: each(items) }),
    ...(anyOf && { anyOf: anyOf.map(each) }),
    ...(additionalProperties && { additionalProperties: each(additionalProperties) }),
  });
}
