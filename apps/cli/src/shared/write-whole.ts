import { rename, writeFile } from "node:fs/promises";

/** Readers see the whole of it or what was there before; nobody but its owner sees anything, since it may hold secrets. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
