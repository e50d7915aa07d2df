import { createLogUpdate } from "log-update";
import { print } from "./terminal.js";

export interface Screen {
  /** Takes the place of what was drawn before, on a terminal; else it is simply printed. */
  draw(text: string): void;
  /** Leaves what is there. */
  end(): void;
}

export function createScreen(): Screen {
  if (!process.stdout.isTTY) return { draw: print, end: () => {} };
  // A cursor that is hidden stays hidden when the process is killed.
  const update = createLogUpdate(process.stdout, { showCursor: true });
  return { draw: (text) => update(text), end: () => update.done() };
}
