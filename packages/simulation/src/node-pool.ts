import type { Random } from "./random.js";

/** Which nodes are free, busy or down. Jobs have their nodes to themselves. */
export class NodePool {
  /** In the order they came free. */
  readonly #free: Set<number>;
  /** Node → reports until it is back. */
  readonly #down = new Map<number, number>();

  constructor(size: number) {
    this.#free = new Set(Array.from({ length: size }, (_, index) => index));
  }

  has(count: number): boolean {
    return this.#free.size >= count;
  }

  take(count: number): number[] {
    const taken: number[] = [];
    for (const node of this.#free) {
      if (taken.length === count) break;
      taken.push(node);
      this.#free.delete(node);
    }
    return taken.toSorted((a, b) => a - b);
  }

  giveBack(nodes: readonly number[]): void {
    for (const node of nodes) this.#free.add(node);
  }

  isFree(node: number): boolean {
    return this.#free.has(node);
  }

  isDown(node: number): boolean {
    return this.#down.has(node);
  }

  /** Between two reports: here and there an idle node fails, and others are repaired. */
  fail(random: Random): void {
    for (const [node, reports] of this.#down) {
      if (reports > 1) this.#down.set(node, reports - 1);
      else {
        this.#down.delete(node);
        this.#free.add(node);
      }
    }
    for (const node of this.#free) {
      if (!random.chance(FAILURE_PER_REPORT)) continue;
      this.#free.delete(node);
      this.#down.set(node, random.integer(2, 10));
    }
  }
}

const FAILURE_PER_REPORT = 0.002;
