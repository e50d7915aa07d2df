// `node --import` this module: the process's wall clock is wrong by CLOCK_OFFSET_MS.

const offset = Number(process.env["CLOCK_OFFSET_MS"]);
const Right = Date;

/** Its constructor without arguments, and `now`; what is made from a given time stays right. */
class WrongDate extends Right {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(Right.now() + offset);
    else super(...(args as [number]));
  }

  static override now(): number {
    return Right.now() + offset;
  }
}

globalThis.Date = WrongDate as DateConstructor;
