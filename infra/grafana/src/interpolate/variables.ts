/** What is chosen of each variable; several values where it allows them. */
export type Choices = Readonly<Record<string, string | readonly string[]>>;

type Format = (values: readonly string[]) => string;

/** Puts what is chosen in the place of `$name`, `${name}` and `${name:format}`. Built-in variables (`$__…`) are left alone. */
export function replaceVariables(
  text: string,
  choices: Choices,
  formats: Readonly<Record<string, Format>>,
  usual: Format,
): string {
  return text.replaceAll(/\$\{(\w+)(?::(\w+))?\}|\$(?!__)([a-zA-Z]\w*)/g, (whole, braced, format, bare) => {
    const name = String(braced ?? bare);
    if (name.startsWith("__")) return whole;
    const chosen = choices[name];
    if (chosen === undefined) throw new Error(`nothing is chosen for the variable ${name}`);
    const apply = format === undefined ? usual : formats[String(format)];
    if (apply === undefined) throw new Error(`${whole}: the format ${String(format)} is not known`);
    return apply(typeof chosen === "string" ? [chosen] : chosen);
  });
}
