/** Subjects that are over their rate are remembered one by one up to here; further ones share a rate. */
const SUBJECTS = 10_000;
const SECOND_MS = 1000;
const ALL_OTHERS = "";

/**
 * When it is each message's turn, where one subject has so many per second. Who sends more is put off, not dropped: a message
 * that comes too early is told when its turn is, and that turn is kept for it.
 *
 * The generic cell rate algorithm: a subject has one number, the time at which it would have nothing left over from all it has sent
 * if it had kept to its rate. It may be a second ahead of it, so bursts of a second's worth pass. Source: ITU-T I.371.
 */
export class SubjectRates {
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #ahead = new Map<string, number>();

  /** `now`: milliseconds that only rise. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#intervalMs = SECOND_MS / perSecond;
    this.#now = now;
  }

  /** Milliseconds until it is the turn of a message that has come for the first time; 0: now. */
  turnOf(subject: string): number {
    const now = this.#now();
    const key = this.#keyOf(subject, now);
    const ahead = Math.max(this.#ahead.get(key) ?? 0, now);
    this.#ahead.set(key, ahead + this.#intervalMs);
    return Math.max(0, ahead + this.#intervalMs - SECOND_MS - now);
  }

  /** What is not ahead of its rate need not be remembered. */
  #keyOf(subject: string, now: number): string {
    if (this.#ahead.size < SUBJECTS || this.#ahead.has(subject)) return subject;
    for (const [key, ahead] of this.#ahead) if (ahead <= now) this.#ahead.delete(key);
    return this.#ahead.size < SUBJECTS ? subject : ALL_OTHERS;
  }

  get remembered(): number {
    return this.#ahead.size;
  }
}
