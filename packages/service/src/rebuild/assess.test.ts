import type { DatabaseMark } from "@cc-ingest/database";
import { describe, expect, it } from "vitest";
import { type StreamPosition, assess } from "./assess.js";

const position = (overrides: Partial<StreamPosition> = {}): StreamPosition => ({
  created: "monday",
  ackFloor: 100,
  firstSequence: 1,
  lastSequence: 120,
  ...overrides,
});
const database = (floor: number, incarnation = "first", streamCreated = "monday"): DatabaseMark => ({
  incarnation,
  mark: { streamCreated, floor },
});
const empty: DatabaseMark = { incarnation: "first", mark: undefined };
const continuous = { what: "continuous" };
const behind = (floor: number, certain: boolean) => ({ what: "database behind", floor, certain });

describe("at the start", () => {
  it("what is acknowledged beyond the floor may be missing", () => {
    expect(assess(undefined, database(90), position())).toEqual(behind(90, false));
    expect(assess(undefined, database(100), position())).toEqual(continuous);
  });

  it("a database that knows nothing of the stream may lack all of it", () => {
    expect(assess(undefined, empty, position())).toEqual(behind(0, false));
    expect(assess(undefined, empty, position({ ackFloor: 0 }))).toEqual(continuous);
  });
});

describe("while running", () => {
  it("acknowledged messages beyond the floor are committed", () => {
    expect(assess(database(80), database(90), position())).toEqual(continuous);
  });

  it("a floor below the one remembered is a database that was set back", () => {
    expect(assess(database(95), database(90), position())).toEqual(behind(90, true));
    expect(assess(database(95), empty, position())).toEqual(behind(0, true));
  });

  it("after a restart of the server the last commits may be missing", () => {
    expect(assess(database(90), database(90, "second"), position())).toEqual(behind(90, false));
  });

  it("what another replica has raised the floor over is applied again by who has committed it", () => {
    expect(assess(database(80), database(95, "second"), position())).toEqual(behind(80, false));
  });
});

describe("a stream", () => {
  it("with another creation time is another one, whatever its sequences", () => {
    const before = { streamCreated: "monday", floor: 90 };
    const replaced = { what: "stream replaced", before };
    expect(assess(database(90), database(90), position({ created: "tuesday" }))).toEqual(replaced);
    expect(assess(undefined, database(90), position({ created: "tuesday", ackFloor: 0 }))).toEqual(replaced);
  });

  it("that has stored less than was applied of it has been set back", () => {
    expect(assess(database(90), database(90), position({ ackFloor: 10, lastSequence: 20 }))).toMatchObject({
      what: "stream replaced",
    });
  });

  it("that was replaced makes what is remembered of the old one void", () => {
    const remembered = database(90, "first", "sunday");
    expect(assess(remembered, database(0), position({ ackFloor: 5 }))).toEqual(behind(0, false));
    expect(assess(remembered, database(5), position({ ackFloor: 5 }))).toEqual(continuous);
  });
});
