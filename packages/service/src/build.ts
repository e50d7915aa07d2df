import { readFileSync } from "node:fs";

/** What dead letters and logs call this build: the package version, and the commit when the image sets it. */
export const build = ((): string => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  const commit = process.env["BUILD_COMMIT"];
  return commit === undefined || commit === "" ? version : `${version}+${commit}`;
})();
