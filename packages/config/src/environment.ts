import { resolve } from "node:path";
import { didYouMean } from "./did-you-mean.js";
import type { Problem } from "./problem.js";
import { readText } from "./read-document.js";
import type { Setting } from "./setting.js";
import { allSettings } from "./settings.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export type EnvironmentValue =
  | { readonly kind: "absent" }
  | { readonly kind: "text"; readonly place: string; readonly text: string }
  | { readonly kind: "fault"; readonly problem: Problem };

/**
 * The value of a setting in the environment: per variable name the variable itself, then the file that
 * `<name>_FILE` names (secrets only). An empty variable counts as unset, as in ClusterCockpit.
 */
export function fromEnvironment(
  setting: Setting<unknown>,
  env: Environment,
  directory: string,
): EnvironmentValue {
  for (const name of setting.env) {
    const text = env[name];
    if (text !== undefined && text.trim() !== "")
      return { kind: "text", place: `environment: ${name}`, text: setting.secret ? text : text.trim() };
    const path = setting.secret ? env[`${name}_FILE`]?.trim() : undefined;
    if (path !== undefined && path !== "") return fromSecretFile(`${name}_FILE`, resolve(directory, path));
  }
  return { kind: "absent" };
}

function fromSecretFile(variable: string, path: string): EnvironmentValue {
  const place = `environment: ${variable}`;
  const text = readText(path);
  if (typeof text !== "string") return { kind: "fault", problem: { place, message: text.fault } };
  // Secret files end in a newline as a rule.
  const secret = text.trim();
  return secret === ""
    ? { kind: "fault", problem: { place, message: `the secret file is empty: ${path}` } }
    : { kind: "text", place, text: secret };
}

const knownVariables: ReadonlySet<string> = new Set([
  "CONFIG_FILE",
  ...allSettings.flatMap(({ env, secret }) =>
    env.flatMap((name) => (secret ? [name, `${name}_FILE`] : [name])),
  ),
]);

/** Kubernetes sets these for each Service of the namespace, such as one named "ingest-jobs" or "nats". */
const setByKubernetes =
  /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Misspelt variables: with our own prefix an error, with one that others use too a warning. */
export function unknownVariables(env: Environment): { problems: Problem[]; warnings: Problem[] } {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === "" || knownVariables.has(name) || setByKubernetes.test(name))
      continue;
    const ours = name.startsWith("INGEST_");
    if (!ours && !/^(NATS|CC_NATS|DATABASE|SUBJECT)_/.test(name)) continue;
    const meant = didYouMean(name, knownVariables);
    const place = `environment: ${name}`;
    if (meant !== undefined) {
      const message = `unknown variable; did you mean ${meant}?`;
      (ours ? problems : warnings).push({ place, message });
    } else if (ours) {
      warnings.push({ place, message: "unknown variable; it is ignored" });
    }
  }
  return { problems, warnings };
}
