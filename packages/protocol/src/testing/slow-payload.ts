import type { SlowJson } from "./slow-json.js";

/**
 * The shapes of the payloads as a table, and a plain reader for them, to compare the fast reader with. It reads a
 * tree, member by member, as Go's encoding/json would fill a struct.
 */
export type Shape =
  | { readonly is: "text"; readonly max: number }
  | { readonly is: "integer"; readonly min: bigint; readonly max: bigint; readonly as: "number" | "bigint" }
  | { readonly is: "float" }
  | { readonly is: "list"; readonly of: Shape }
  | { readonly is: "map"; readonly of: Shape }
  | {
      readonly is: "object";
      readonly keys: Readonly<Record<string, Shape>>;
      readonly required?: readonly string[];
    };

export interface SlowFault {
  readonly code: string;
  readonly path: string;
}

/** Values of scalars; lists as arrays; maps and objects as records of what was there. */
export type SlowValue =
  | string
  | number
  | bigint
  | undefined
  | readonly SlowValue[]
  | { [key: string]: SlowValue };

const anyText = (max = Infinity): Shape => ({ is: "text", max });
const name = anyText(512);
const float: Shape = { is: "float" };
const int64: Shape = { is: "integer", min: -(2n ** 63n), max: 2n ** 63n - 1n, as: "bigint" };
const integer = (min: bigint, max: bigint): Shape => ({ is: "integer", min, max, as: "number" });
const int32 = integer(-(2n ** 31n), 2n ** 31n - 1n);
const safe = integer(BigInt(Number.MIN_SAFE_INTEGER), BigInt(Number.MAX_SAFE_INTEGER));
const list = (of: Shape): Shape => ({ is: "list", of });
const map = (of: Shape): Shape => ({ is: "map", of });
const object = (keys: Readonly<Record<string, Shape>>, ...required: string[]): Shape => ({
  is: "object",
  keys,
  required,
});

export const startJobShape = object({
  cluster: name,
  subCluster: name,
  partition: name,
  project: name,
  user: name,
  shared: name,
  jobState: anyText(),
  tags: list(object({ type: name, name, scope: name, id: int64 }, "type", "name")),
  resources: list(
    object(
      { hostname: name, hwthreads: list(safe), accelerators: list(anyText()), configuration: anyText() },
      "hostname",
    ),
  ),
  energyFootprint: map(float),
  footprint: map(float),
  metaData: map(anyText()),
  concurrentJobs: object({ items: list(object({ id: int64, jobId: int64 })), count: int32 }),
  energy: float,
  arrayJobId: int64,
  walltime: int64,
  requestedMemory: int64,
  jobId: int64,
  duration: int32,
  smt: int32,
  monitoringStatus: integer(0n, 3n),
  numAcc: int32,
  numHwthreads: int32,
  numNodes: int32,
  statistics: map(
    object({ unit: object({ base: anyText(), prefix: anyText() }), avg: float, min: float, max: float }),
  ),
  id: int64,
  submitTime: int64,
  startTime: int64,
  exclusive: integer(0n, 2n),
});

export const stopJobShape = object({
  jobId: int64,
  cluster: name,
  jobState: name,
  startTime: int64,
  stopTime: int64,
  state: name,
});

export const nodeStatesShape = object({
  cluster: name,
  nodes: list(
    object(
      {
        hostname: name,
        states: list(anyText()),
        cpusAllocated: int32,
        memoryAllocated: int64,
        gpusAllocated: int32,
        jobsRunning: int32,
      },
      "hostname",
    ),
  ),
});

/** Reads a tree by its shape. The first fault in the order of the text goes to `faults`. */
export function slowRead(json: SlowJson, shape: Shape, path: string, faults: SlowFault[]): SlowValue {
  const fail = (code: string, where = path): undefined => {
    faults.push({ code, path: where });
  };
  if (json.type === "null") {
    return undefined;
  }
  if (shape.is === "text") {
    if (json.type !== "string") {
      return fail("wrong_type");
    }
    return Buffer.byteLength(json.value) > shape.max ? fail("string_too_long") : json.value;
  }
  if (shape.is === "float" || shape.is === "integer") {
    const code = json.type === "number" ? judgeNumber(json.text, shape) : "wrong_type";
    if (json.type !== "number" || code !== undefined) {
      return fail(code ?? "wrong_type");
    }
    if (shape.is === "float") {
      return Number(json.text);
    }
    return shape.as === "bigint" ? BigInt(json.text) : Number(BigInt(json.text));
  }
  if (shape.is === "list") {
    if (json.type !== "array") {
      return fail("wrong_type");
    }
    return json.items.map((item, i) => {
      const where = `${path}[${i}]`;
      return item.type === "null" ? fail("wrong_type", where) : slowRead(item, shape.of, where, faults);
    });
  }
  if (json.type !== "object") {
    return fail("wrong_type");
  }
  return shape.is === "map"
    ? readMap(json.members, shape.of, path, faults)
    : readObject(json.members, shape, path, faults);
}

function judgeNumber(text: string, shape: Extract<Shape, { is: "float" | "integer" }>): string | undefined {
  if (shape.is === "float") {
    return Number.isFinite(Number(text)) ? undefined : "out_of_range";
  }
  if (!/^-?\d+$/.test(text)) {
    return "wrong_type";
  }
  return BigInt(text) < shape.min || BigInt(text) > shape.max ? "out_of_range" : undefined;
}

type Members = ReadonlyArray<readonly [string, SlowJson]>;

function readMap(members: Members, of: Shape, path: string, faults: SlowFault[]): SlowValue {
  const result: { [key: string]: SlowValue } = {};
  for (const [key, member] of members) {
    if (isForbidden(key)) {
      faults.push({ code: "forbidden_key", path: below(path, key) });
    } else if (member.type !== "null") {
      result[key] = slowRead(member, of, below(path, key), faults);
    }
  }
  return result;
}

function readObject(
  members: Members,
  shape: Extract<Shape, { is: "object" }>,
  path: string,
  faults: SlowFault[],
): SlowValue {
  const result: { [key: string]: SlowValue } = {};
  for (const [key, member] of members) {
    const known = Object.keys(shape.keys).find((candidate) => fold(candidate) === fold(key));
    const inner = known === undefined ? undefined : shape.keys[known];
    if (known === undefined || inner === undefined) {
      faults.push({ code: isForbidden(key) ? "forbidden_key" : "unknown_key", path: below(path, key) });
    } else if (member.type !== "null") {
      result[known] = slowRead(member, inner, below(path, known), faults);
    } else if (inner.is === "list" || inner.is === "map") {
      // Go sets slices and maps to nil; scalars and structs keep what they had.
      result[known] = undefined;
    }
  }
  for (const key of shape.required ?? []) {
    if (result[key] === undefined || result[key] === "") {
      faults.push({ code: "missing_key", path: below(path, key) });
    }
  }
  return result;
}

function isForbidden(key: string): boolean {
  return ["__proto__", "constructor", "prototype"].includes(key);
}

function below(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) {
    return `${path}[${JSON.stringify(key)}]`;
  }
  return path === "" ? key : `${path}.${key}`;
}

/** Unicode's simple case folding, as far as it reaches ASCII letters. */
function fold(key: string): string {
  return key
    .replaceAll("\u017f", "s")
    .replaceAll("\u212a", "k")
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
