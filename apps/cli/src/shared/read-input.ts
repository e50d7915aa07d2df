import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { messageOf, mistake } from "./cli-error.js";

/** The bytes of a file, or with - of standard input. */
export async function readInput(file: string): Promise<Uint8Array> {
  if (file === "-") return await buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (cause) {
    throw mistake(`${file} can't be read: ${messageOf(cause)}`, { cause });
  }
}
