import { fromEnvironment, type Environment } from "./environment.js";
import type { FileValues } from "./file-values.js";
import type { Problem } from "./problem.js";
import type { Parsed } from "./setting-type.js";
import type { Setting } from "./setting.js";
import { settingNames, settings, type SettingName, type SettingValues } from "./settings.js";

export interface ResolvedSettings {
  readonly values: SettingValues;
  /** Where each given value came from; settings left at their default are absent. */
  readonly places: ReadonlyMap<SettingName, string>;
  /** Settings that are given but not valid: a missing-value message about them would mislead. */
  readonly invalid: ReadonlySet<SettingName>;
  readonly problems: readonly Problem[];
}

/** Takes each setting from the environment, else from the file, else from its default. */
export function resolveSettings(file: FileValues, env: Environment, directory: string): ResolvedSettings {
  const values: Partial<Record<SettingName, unknown>> = {};
  const places = new Map<SettingName, string>();
  const invalid = new Set<SettingName>();
  const problems: Problem[] = [];
  for (const name of settingNames) {
    const setting: Setting<unknown> = settings[name];
    const given = read(setting, file, env, directory);
    values[name] = given?.parsed.ok === true ? given.parsed.value : setting.fallback;
    if (given === undefined) continue;
    places.set(name, given.place);
    if (given.parsed.ok) continue;
    invalid.add(name);
    problems.push({ place: given.place, message: given.parsed.message });
  }
  // The loop sets each name to what its own type parsed or to its own fallback.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { values: values as SettingValues, places, invalid, problems };
}

function read(
  setting: Setting<unknown>,
  file: FileValues,
  env: Environment,
  directory: string,
): { place: string; parsed: Parsed<unknown> } | undefined {
  const outside = fromEnvironment(setting, env, directory);
  if (outside.kind === "fault")
    return { place: outside.problem.place, parsed: { ok: false, message: outside.problem.message } };
  if (outside.kind === "text") return { place: outside.place, parsed: setting.type.fromText(outside.text) };
  const inside = file.values.get(setting.key);
  // ClusterCockpit's templates leave optional texts such as "username" empty.
  if (inside === undefined || (inside.value === "" && setting.fallback === undefined)) return undefined;
  return { place: inside.place, parsed: setting.type.fromJson(inside.value) };
}
