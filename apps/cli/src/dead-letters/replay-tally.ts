import { type Reached, type ReplayResult, toJson } from "@cc-ingest/service";
import { count, oneLine, table } from "../shared/terminal.js";
import { moreNote } from "./more-note.js";

interface Refusal {
  readonly id: bigint;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

const SHOWN = 10;
/** More than a person reads, and than memory should hold. */
const KEPT = 10_000;

/** What a replay came to, or would come to. */
export class Tally {
  readonly #dryRun: boolean;
  readonly #asked: number;
  readonly #refusals: Refusal[] = [];
  #applied = 0;
  #refused = 0;
  #answered = 0;

  /** `asked`: how many were named. */
  constructor(dryRun: boolean, asked: number) {
    this.#dryRun = dryRun;
    this.#asked = asked;
  }

  get refused(): number {
    return this.#refused;
  }

  add(results: readonly ReplayResult[]): void {
    for (const result of results) {
      if (result.outcome === "applied") this.#applied++;
      else if (result.outcome === "answered") this.#answered++;
      else {
        const { letter, reason, message } = result;
        this.#refused++;
        if (this.#refusals.length < KEPT) this.#refusals.push({ id: letter.id, reason, message });
      }
    }
  }

  line(total: number): string {
    const done = this.#applied + this.#refused + this.#answered;
    return `replayed ${count(done)} of ${count(total)}, ${count(this.#refused)} refused again`;
  }

  text(reached: Reached): string {
    const lines = [`${this.#dryRun ? "would apply" : "applied"} ${count(this.#applied)}`];
    if (this.#refused > 0)
      lines.push(`${this.#dryRun ? "would be " : ""}refused again: ${count(this.#refused)}`, this.#table());
    if (this.#answered > 0) lines.push(`${count(this.#answered)} were answered by somebody else meanwhile`);
    const closed = this.#asked - reached.seen - reached.more;
    if (closed > 0) lines.push(`${count(closed)} had been replayed before: nothing to do`);
    return [...lines, ...moreNote(reached)].join("\n");
  }

  json(reached: Reached): string {
    return toJson({
      dryRun: this.#dryRun,
      applied: this.#applied,
      refused: this.#refused,
      answered: this.#answered,
      refusals: this.#refusals,
      ...reached,
    });
  }

  #table(): string {
    const rows = this.#refusals
      .slice(0, SHOWN)
      .map(({ id, reason, message }) => [`  ${id}`, reason ?? "", oneLine(message ?? "")]);
    return this.#refused > SHOWN ? `${table(rows)}\n  …` : table(rows);
  }
}
