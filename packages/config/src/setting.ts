import type { Config } from "./config.js";
import type { SettingType } from "./setting-type.js";

/** One setting, defined once: parser, unknown-key check, documentation and JSON Schema all come from here. */
export interface Setting<T> {
  /** Dotted path in the configuration file. */
  readonly key: string;
  /** Environment variables in order of precedence; the first is the documented one. */
  readonly env: readonly [string, ...string[]];
  readonly type: SettingType<NonNullable<T>>;
  readonly fallback: T;
  /** Secrets can be given as `<env>_FILE` too, and are never shown. */
  readonly secret: boolean;
  /** One line for the documentation. */
  readonly description: string;
  /** The value of a loaded configuration as the file would state it, with secrets hidden. */
  readonly show: (config: Config) => string | number | undefined;
}

type Definition<T> = Omit<Setting<T>, "type" | "fallback" | "secret" | "env"> & {
  readonly env: string | readonly [string, ...string[]];
  readonly secret?: true;
};

export function define<T>(
  type: SettingType<NonNullable<T>>,
  fallback: T,
  definition: Definition<T>,
): Setting<T> {
  const { env, secret = false, ...rest } = definition;
  return { ...rest, env: typeof env === "string" ? [env] : env, secret, type, fallback };
}

/** A setting without a default. */
export const optional = <T>(
  type: SettingType<NonNullable<T>>,
  definition: Definition<T | undefined>,
): Setting<T | undefined> => define<T | undefined>(type, undefined, definition);
