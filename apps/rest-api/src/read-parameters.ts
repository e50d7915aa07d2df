import { HTTPException } from "hono/http-exception";
import type { Static, TObject, TSchema } from "typebox";
import { Value } from "typebox/value";

/**
 * The parameters of a request, by their schema.
 *
 * @throws HTTPException 400 that names the first parameter which is unknown, stands twice, is missing or does not fit
 */
export function readParameters<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, readonly string[]>>,
): Static<Schema> {
  const properties: Readonly<Record<string, TSchema>> = schema.properties;
  const values: Record<string, unknown> = {};
  for (const [name, texts] of Object.entries(given)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) throw refusal(`unknown parameter ${name}; ${knownHere(properties)}`);
    if ("items" in property) values[name] = texts;
    else if (texts.length > 1) throw refusal(`the parameter ${name} stands ${texts.length} times`);
    else values[name] = texts[0];
  }
  const converted = Value.Convert(schema, values);
  if (Value.Check(schema, converted)) return converted;
  const [error] = Value.Errors(schema, converted);
  const name = error?.instancePath.split("/")[1];
  if (name === undefined || name === "")
    throw refusal(`a parameter is missing: ${(schema.required ?? []).join(", ")}`);
  throw refusal(`the parameter ${name} ${expectation(properties[name], error?.message)}`);
}

/** The schema says what is wanted better than the validator does. */
function expectation(property: TSchema | undefined, message: string | undefined): string {
  const { description } = (property ?? {}) as { description?: string };
  return `${message ?? "does not fit"}${description === undefined ? "" : ` (${description})`}`;
}

function knownHere(properties: Readonly<Record<string, TSchema>>): string {
  const names = Object.keys(properties);
  return names.length === 0 ? "there are none here" : `known here: ${names.join(", ")}`;
}

function refusal(message: string): HTTPException {
  return new HTTPException(400, { message });
}
