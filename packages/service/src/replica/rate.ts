const WINDOW_SECONDS = 10;

/** How many there were per second of late: over the ten seconds before the one that runs. */
export class Rate {
  readonly #now: () => number;
  readonly #began: number;
  readonly #counts = Array.from({ length: WINDOW_SECONDS + 1 }, () => 0);
  #second: number;

  /** `now`: milliseconds that only rise. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#second = this.#current();
    this.#began = this.#second;
  }

  add(count: number): void {
    this.#turn();
    const slot = this.#second % this.#counts.length;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
  }

  get perSecond(): number {
    this.#turn();
    const seconds = Math.min(WINDOW_SECONDS, this.#second - this.#began);
    if (seconds === 0) return 0;
    const running = this.#counts[this.#second % this.#counts.length] ?? 0;
    return (this.#counts.reduce((sum, count) => sum + count, 0) - running) / seconds;
  }

  #current(): number {
    return Math.floor(this.#now() / 1000);
  }

  /** Clears the slots of the seconds that have begun since the last call. */
  #turn(): void {
    const now = this.#current();
    for (let second = Math.max(this.#second + 1, now - WINDOW_SECONDS); second <= now; second++)
      this.#counts[second % this.#counts.length] = 0;
    this.#second = now;
  }
}
