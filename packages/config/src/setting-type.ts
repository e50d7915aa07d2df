export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

export type JsonSchema = Readonly<Record<string, unknown>>;

/** How one setting's value is read from JSON or from an environment variable, and how the docs describe it. */
export interface SettingType<T> {
  /** Shown in the documentation, for example `integer 1…64`. */
  readonly label: string;
  readonly schema: JsonSchema;
  /** `value` as it stands in the JSON file. */
  fromJson(value: unknown): Parsed<T>;
  /** `text` as it stands in the environment or in a secret file. */
  fromText(text: string): Parsed<T>;
}

export const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refuse = (message: string): Parsed<never> => ({ ok: false, message });

/** A value as an error message may quote it: short, on one line. Only for settings that are no secrets. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A string that `parse` turns into a value; JSON and environment are read alike. */
export function textType<T>(
  label: string,
  schema: JsonSchema,
  parse: (text: string) => Parsed<T>,
): SettingType<T> {
  return {
    label,
    schema: { type: "string", ...schema },
    fromJson: (value) =>
      typeof value === "string"
        ? parse(value)
        : refuse(`must be a string, but is ${Array.isArray(value) ? "an array" : `of type ${typeof value}`}`),
    fromText: parse,
  };
}
