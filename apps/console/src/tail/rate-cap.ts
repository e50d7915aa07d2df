/** Lets so many per second through, and up to a second's worth at once. */
export class RateCap {
  readonly #perSecond: number;
  readonly #now: () => number;
  #room: number;
  #at: number;

  /** `now`: milliseconds that only rise. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#room = perSecond;
    this.#at = now();
  }

  /** How many of `wanted` may pass now. */
  take(wanted: number): number {
    const now = this.#now();
    this.#room = Math.min(this.#perSecond, this.#room + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    const taken = Math.min(wanted, Math.floor(this.#room));
    this.#room -= taken;
    return taken;
  }
}
