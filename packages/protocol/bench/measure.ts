/** Keeps results alive, so that no call can be optimized away. */
export const sink: { value: unknown } = { value: undefined };

const batchNanoseconds = 20_000_000;

function time(run: () => void, times: number): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) {
    run();
  }
  return Number(process.hrtime.bigint() - start) / times;
}

/** How often `run` fits into a batch, told after it has been optimized. */
function calibrate(run: () => void): number {
  let times = 1;
  for (let spent = 0; spent < 10 * batchNanoseconds; spent += time(run, times) * times) {
    times = Math.ceil(batchNanoseconds / time(run, times));
  }
  return times;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export interface Comparison {
  /** Nanoseconds a call. */
  readonly floor: number;
  readonly product: number;
  /** Median over the rounds of product / floor, each round measuring both. */
  readonly ratio: number;
}

/** Measures two things in turns, so that a noisy machine disturbs both alike. */
export function compare(floor: () => void, product: () => void, rounds: number): Comparison {
  const [floorTimes, productTimes] = [calibrate(floor), calibrate(product)];
  const samples = Array.from({ length: rounds }, (_, round) => {
    const first = round % 2 === 0 ? time(floor, floorTimes) : 0;
    const own = time(product, productTimes);
    return { floor: first === 0 ? time(floor, floorTimes) : first, product: own };
  });
  return {
    floor: median(samples.map((sample) => sample.floor)),
    product: median(samples.map((sample) => sample.product)),
    ratio: median(samples.map((sample) => sample.product / sample.floor)),
  };
}
