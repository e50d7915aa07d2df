import { createLogUpdate } from "log-update";
import { print } from "./terminal.js";

export interface Screen {
  readonly inPlace: boolean;
  /** Takes the place of what was drawn before, on a terminal; else it is simply printed. */
  draw(text: string): void;
  /** Leaves what is there. */
  end(): void;
}

export function createScreen(): Screen {
  // A terminal that says it has no columns, as in some containers, can't be drawn on.
  if (!process.stdout.isTTY || !process.stdout.columns) return { inPlace: false, draw: print, end: () => {} };
  // A cursor that is hidden stays hidden when the process is killed.
  const update = createLogUpdate(process.stdout, { showCursor: true });
  return { inPlace: true, draw: (text) => update(text), end: () => update.done() };
}
