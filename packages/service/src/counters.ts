/** Counts of what a service did, as Prometheus text. Label values come from closed lists only. */
export class Counters {
  readonly #prefix: string;
  readonly #labels: string;
  readonly #values = new Map<string, number>();

  constructor(prefix: string, service: string) {
    this.#prefix = prefix;
    this.#labels = `service="${service}"`;
  }

  add(name: string, amount: number, label?: readonly [string, string]): void {
    if (amount === 0) return;
    const labels = label === undefined ? this.#labels : `${this.#labels},${label[0]}="${label[1]}"`;
    const key = `${this.#prefix}_${name}_total{${labels}}`;
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  /** A value that goes up and down. */
  set(name: string, value: number): void {
    this.#values.set(`${this.#prefix}_${name}{${this.#labels}}`, value);
  }

  text(): string {
    const lines = [...this.#values].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${k} ${v}`);
    return `${lines.join("\n")}\n`;
  }
}
