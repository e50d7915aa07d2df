import { createLogUpdate } from "log-update";
import { note } from "./terminal.js";

const LINE_EVERY_MS = 5_000;

const BAR_WIDTH = 24;

function bar(part: number): string {
  const full = Math.round(Math.min(1, part) * BAR_WIDTH);
  return `${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)}`;
}

/** How far long work is, on standard error: in place on a terminal, a line every few seconds elsewhere. */
export class Progress implements Disposable {
  readonly #inPlace = process.stderr.isTTY && process.stderr.columns > 0;
  readonly #draw = createLogUpdate(process.stderr, { showCursor: true });
  #last = performance.now();

  /** `part`: how much is done, from 0 to 1, for a bar. */
  tell(text: string, part?: number): void {
    if (this.#inPlace) {
      this.#draw(part === undefined ? text : `${bar(part)} ${text}`);
      return;
    }
    const now = performance.now();
    if (now - this.#last < LINE_EVERY_MS) return;
    this.#last = now;
    note(text);
  }

  [Symbol.dispose](): void {
    if (this.#inPlace) this.#draw.clear();
  }
}
