import { allSettings } from "./settings.js";

/** The keys this project reads at one level of the configuration file. */
export interface KeyTree {
  /** Dotted path of this level; "" for the whole file. */
  readonly path: string;
  /** A level shared with other components: unknown keys there are theirs, unless they are nearly ours. */
  readonly shared: boolean;
  readonly children: ReadonlyMap<string, KeyTree>;
}

const sharedLevels = new Set(["", "main"]);

function grow(path: string, keys: readonly (readonly string[])[]): KeyTree {
  const children = new Map<string, KeyTree>();
  for (const key of new Set(keys.flatMap(([first]) => first ?? []))) {
    const below = keys.filter(([first]) => first === key).map(([, ...rest]) => rest);
    children.set(key, grow(path === "" ? key : `${path}.${key}`, below));
  }
  return { path, shared: sharedLevels.has(path), children };
}

/** Built from the settings, so a new setting needs no second place. */
export const keyTree: KeyTree = grow(
  "",
  allSettings.map(({ key }) => key.split(".")),
);
