import { createLogUpdate } from "log-update";
import { note } from "./terminal.js";

const LINE_EVERY_MS = 5_000;

/** How far long work is, on standard error: in place on a terminal, a line every few seconds elsewhere. */
export class Progress implements Disposable {
  readonly #inPlace = process.stderr.isTTY && process.stderr.columns > 0;
  readonly #draw = createLogUpdate(process.stderr, { showCursor: true });
  #last = performance.now();

  tell(text: string): void {
    if (this.#inPlace) {
      this.#draw(text);
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
