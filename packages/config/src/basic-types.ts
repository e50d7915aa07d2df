import { isIP } from "node:net";
import { accept, quote, refuse, textType, type Parsed, type SettingType } from "./setting-type.js";

export function integer(minimum: number, maximum: number): SettingType<number> {
  const range = `an integer from ${minimum} to ${maximum}`;
  const check = (value: number): Parsed<number> =>
    Number.isInteger(value) && value >= minimum && value <= maximum
      ? accept(value)
      : refuse(`must be ${range}, but is ${value}`);
  return {
    label: `integer ${minimum}…${maximum}`,
    schema: { type: "integer", minimum, maximum },
    fromJson: (value) =>
      typeof value === "number" ? check(value) : refuse(`must be ${range}, but is ${quote(value)}`),
    fromText: (text) =>
      /^-?\d{1,16}$/.test(text) ? check(Number(text)) : refuse(`must be ${range}, but is ${quote(text)}`),
  };
}

export function choice<const T extends string>(values: readonly T[]): SettingType<T> {
  return textType(values.map((value) => `"${value}"`).join(", "), { enum: values }, (text) => {
    const value = values.find((each) => each === text);
    return value === undefined
      ? refuse(`must be one of ${values.join(", ")}, but is ${quote(text)}`)
      : accept(value);
  });
}

export const nonEmptyText: SettingType<string> = textType("text", { minLength: 1 }, (text) =>
  text === "" ? refuse("must not be empty; remove it or give a value") : accept(text),
);

export const filePath: SettingType<string> = { ...nonEmptyText, label: "file path" };

/** Names of streams and durable consumers: what nats-server accepts in both. */
export const jetStreamName: SettingType<string> = textType(
  "name",
  { pattern: "^[^\\s.*>/\\\\]+$", maxLength: 255 },
  (text) =>
    /^[^\s.*>/\\\p{Cc}]{1,255}$/u.test(text)
      ? accept(text)
      : refuse(
          `must be 1 to 255 characters without spaces, ".", "*", ">", "/" or "\\", but is ${quote(text)}`,
        ),
);

/** A host name or address to listen on, without a port. */
export const listenHost: SettingType<string> = textType("host", { minLength: 1 }, (text) =>
  /^[A-Za-z0-9._-]+$/.test(text) || isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0
    ? accept(text.replace(/^\[(.*)\]$/, "$1"))
    : refuse(`must be a host name or an IP address without port, but is ${quote(text)}`),
);
