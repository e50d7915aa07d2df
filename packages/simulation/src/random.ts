import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Numbers that depend on nothing but the seed and the order they are asked for. */
export interface Random {
  /** In [0, 1). */
  unit(): number;
  /** Both ends included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Exponentially distributed, cut off at five times the mean. */
  exponential(mean: number): number;
}

/** `purpose` separates the streams of one seed, so that asking one for more never changes what another gives. */
export function createRandom(seed: number, purpose: number): Random {
  const generator = xoroshiro128plus(Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b));
  const unit = (): number => uniformFloat64(generator);
  const integer = (low: number, high: number): number => uniformInt(generator, low, high);
  return {
    unit,
    integer,
    chance: (probability) => unit() < probability,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    exponential: (mean) => Math.min(5, -Math.log(1 - unit())) * mean,
  };
}
