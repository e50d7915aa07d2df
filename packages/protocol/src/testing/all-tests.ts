import { globSync } from "node:fs";

/**
 * All tests of the codec as one file, for mutation testing: a mutant then costs one worker instead of one for each
 * file. Quick ones come first, because they notice most mutants.
 */
const files = globSync("../{json,line,message,payload}/*.test.ts", { cwd: import.meta.dirname }).toSorted();
const isSlow = (file: string): boolean => /(?:property|memory|schemas|node-names)\.test\.ts$/.test(file);

for (const file of [...files.filter((name) => !isSlow(name)), ...files.filter(isSlow)]) {
  await import(/* @vite-ignore */ file);
}
