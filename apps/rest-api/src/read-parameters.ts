import { HTTPException } from "hono/http-exception";
import type { Static, TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

/**
 * Reads the parameters of requests by their schema, which is compiled once.
 *
 * @returns a function that throws HTTPException 400 with the name of the first parameter which is unknown, stands twice, is missing
 * or does not fit
 */
export function parameterReader<Schema extends TObject>(
  schema: Schema,
): (given: Readonly<Record<string, readonly string[]>>) => Static<Schema> {
  const properties: Readonly<Record<string, TSchema>> = schema.properties;
  const validator = Compile(schema);
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const [name, texts] of Object.entries(given)) {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (property === undefined) throw refusal(`unknown parameter ${name}; ${knownHere(properties)}`);
      if ("items" in property) values[name] = texts;
      else if (texts.length > 1) throw refusal(`the parameter ${name} stands ${texts.length} times`);
      else values[name] = isText(property) ? texts[0] : Value.Convert(property, texts[0]);
    }
    if (validator.Check(values)) return values;
    const [error] = validator.Errors(values);
    const name = error?.instancePath.split("/")[1];
    if (name === undefined || name === "")
      throw refusal(`a parameter is missing: ${(schema.required ?? []).join(", ")}`);
    throw refusal(`the parameter ${name} ${expectation(properties[name], error?.message)}`);
  };
}

/** Texts, and enumerations of them, stay as they are: to try a conversion would cost more than the rest of the answer. */
function isText(property: TSchema): boolean {
  return "enum" in property || ("type" in property && property.type === "string");
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
