/** Of how many messages how long: the middle one, and the one that 95 % were faster than. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p95: number;
}

const WINDOW_SECONDS = 60;
const SLOTS = 6;
const SLOT_MS = (WINDOW_SECONDS / SLOTS) * 1000;
/** Neighbouring buckets are a tenth apart, from a millisecond up to some days. */
const GROWTH = 1.1;
const BUCKETS = 210;
const SMALLEST = 0.001;

/** How long messages took, over the last minute. Costs a fixed amount of memory, whatever their number. */
export class Latency {
  readonly #now: () => number;
  readonly #slots = Array.from({ length: SLOTS }, () => ({ turn: -1, counts: new Uint32Array(BUCKETS) }));

  /** `now`: milliseconds that only rise. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(seconds: number): void {
    const turn = this.#turn();
    const slot = this.#slots[turn % SLOTS];
    if (slot === undefined) return;
    if (slot.turn !== turn) {
      slot.turn = turn;
      slot.counts.fill(0);
    }
    const bucket = Math.ceil(Math.log(Math.max(seconds, SMALLEST) / SMALLEST) / Math.log(GROWTH));
    const index = Math.min(BUCKETS - 1, bucket);
    slot.counts[index] = (slot.counts[index] ?? 0) + 1;
  }

  /** Null when there were none. Each figure is at most a tenth too high. */
  get figures(): LatencyFigures | null {
    const turn = this.#turn();
    const recent = this.#slots.filter((slot) => slot.turn >= 0 && slot.turn > turn - SLOTS);
    const counts = Array.from({ length: BUCKETS }, (_, i) =>
      recent.reduce((sum, slot) => sum + (slot.counts[i] ?? 0), 0),
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total === 0 ? null : { p50: quantile(counts, total * 0.5), p95: quantile(counts, total * 0.95) };
  }

  #turn(): number {
    return Math.floor(this.#now() / SLOT_MS);
  }
}

function quantile(counts: readonly number[], rank: number): number {
  let seen = 0;
  const index = counts.findIndex((count) => (seen += count) >= rank && seen > 0);
  return SMALLEST * GROWTH ** index;
}
