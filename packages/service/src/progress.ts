/** How far the messages have been worked through: what time it is for them. */
export class Progress {
  /** What the consumer still has to deliver or to be acknowledged, when last asked; undefined before. */
  backlog: number | undefined;
  /** When a batch was last committed: Unix seconds; undefined before the first. */
  lastSuccess: number | undefined;
  #newest = 0n;
  #messages = 0;

  /** Committed since the start. */
  get messages(): number {
    return this.#messages;
  }

  /** Of a committed batch. `storedAt`: nanoseconds since the epoch. */
  committed(deliveries: readonly { readonly storedAt: bigint }[]): void {
    this.#messages += deliveries.length;
    this.lastSuccess = Date.now() / 1000;
    for (const { storedAt } of deliveries) if (storedAt > this.#newest) this.#newest = storedAt;
  }

  /**
   * Unix seconds up to which the stream has been worked through; undefined when that is now. While a backlog is worked off,
   * what would contradict an event may still be in it, so nothing is decided by a clock then.
   */
  get streamTime(): number | undefined {
    return this.backlog === 0 ? undefined : Number(this.#newest / 1_000_000_000n);
  }
}
