import fc from "fast-check";
import { type Shape, nodeStatesShape, startJobShape, stopJobShape } from "./slow-payload.js";

/** The time at which the broker is said to have stored the messages of the property tests. */
export const streamTime = 1_760_000_000_000_000_000n;

const now = 1_759_990_000;

/** What stands where a value is expected and seldom fits. */
const misfits = fc.constantFrom(
  "null",
  "true",
  "5",
  "-1",
  "1.0",
  "1e3",
  "01",
  "-",
  '"5"',
  '""',
  "[]",
  "{}",
  "[null]",
  '{"a":null}',
  "",
  "9223372036854775808",
  "-9223372036854775809",
  "1e400",
  '"\\u0000"',
  '"\\ud800"',
  '"\\q"',
  '"\t"',
  "[[1]]",
  "nul",
  '{"__proto__":1}',
  '{"constructor":"x"}',
  '"running"',
  '"single_user"',
  "1759990000000",
);

const sources = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 14 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom(
    "a\nb",
    "\t",
    'say "hi"',
    "C:\\new\\table",
    "<&>",
    "\u2028",
    "ſ",
    "\ufffd",
    "idle",
    "ALLOCATED",
    "down",
  ),
);

/** A JSON string, its characters escaped in one of the ways JSON allows. */
const jsonString = fc.tuple(sources, fc.nat()).map(([text, style]) => {
  const plain = JSON.stringify(text.toWellFormed());
  return style % 4 === 0
    ? plain.replaceAll(/(?<!\\)[a-z<é]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : plain;
});

const integers = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map(String),
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom(
    "-0",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "2147483647",
    "2147483648",
  ),
);

function jsonOf(shape: Shape): fc.Arbitrary<string> {
  return fc.oneof({ weight: 20, arbitrary: fitting(shape) }, { weight: 1, arbitrary: misfits });
}

function fitting(shape: Shape): fc.Arbitrary<string> {
  if (shape.is === "text") {
    return jsonString;
  }
  if (shape.is === "float") {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    return fc.oneof(
      integers,
      double.map((value) => JSON.stringify(value)),
    );
  }
  if (shape.is === "integer") {
    return shape.max < 10n ? fc.integer({ min: 0, max: Number(shape.max) }).map(String) : integers;
  }
  if (shape.is === "list") {
    return fc.array(jsonOf(shape.of), { maxLength: 4 }).map((items) => `[${items.join(",")}]`);
  }
  return shape.is === "map"
    ? fc.array(fc.tuple(jsonString, jsonOf(shape.of)), { maxLength: 3 }).map(joined)
    : members(shape, shape.required ?? []).map(joined);
}

function members(
  shape: Extract<Shape, { is: "object" }>,
  required: readonly string[],
): fc.Arbitrary<[string, string][]> {
  const keys = Object.entries(shape.keys);
  const member = fc.constantFrom(...keys).chain(([key, inner]) => fc.tuple(spelling(key), jsonOf(inner)));
  const needed = keys
    .filter(([key]) => required.includes(key))
    .map(([key, inner]) => fc.tuple(spelling(key), fitting(inner)));
  return fc
    .tuple(fc.tuple(...needed), fc.array(member, { maxLength: 4 }))
    .chain(([first, more]) =>
      fc.shuffledSubarray([...first, ...more], { minLength: first.length + more.length }),
    );
}

function spelling(key: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant(JSON.stringify(key)) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          key.toUpperCase(),
          key.toLowerCase(),
          key.replace("s", "ſ"),
          key.replace("k", "\u212a"),
          `${key}s`,
          "__proto__",
        )
        .map((other) => JSON.stringify(other)),
    },
    { weight: 1, arbitrary: fc.constant(JSON.stringify(key).replace("o", "\\u006f")) },
  );
}

function joined(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(",")}}`;
}

/** A payload that is accepted, before anything is added to it. */
const bases: Readonly<Record<string, readonly string[]>> = {
  start_job: [
    '"jobId":1403244',
    '"cluster":"fritz"',
    '"user":"k106eb10"',
    '"numNodes":1',
    '"resources":[{"hostname":"f0720","hwthreads":[0,1,2,3]}]',
    `"startTime":${now}`,
  ],
  stop_job: ['"jobId":1403244', '"cluster":"fritz"', '"jobState":"completed"', `"stopTime":${now}`],
  nodestate: [
    '"cluster":"fritz"',
    '"nodes":[{"hostname":"f0720","states":["IDLE","drain"],"memoryAllocated":5}]',
  ],
};
const shapes = { start_job: startJobShape, stop_job: stopJobShape, nodestate: nodeStatesShape };

/** The JSON text of one payload: mostly sound, with odd values, keys and repetitions in between. */
export function payloads(kind: keyof typeof shapes): fc.Arbitrary<string> {
  const shape = shapes[kind] as Extract<Shape, { is: "object" }>;
  const base = bases[kind] ?? [];
  return members(shape, []).chain((extra) => {
    const more = extra.map(([key, value]) => `${key}:${value}`);
    // Last wins: with the base last most messages are sound, with the odd members instead of it most are not.
    const ordered = fc
      .shuffledSubarray([...base], { minLength: base.length })
      .map((last) => [...more, ...last]);
    const mixed = fc.shuffledSubarray([...base, ...more], { minLength: base.length + more.length });
    const instead = base.filter((member) => !extra.some(([key]) => member.startsWith(`${key}:`)));
    const comma = fc.constantFrom(",", ", ", " ,\n\t");
    const parts = fc.oneof(
      { weight: 4, arbitrary: ordered },
      { weight: 1, arbitrary: mixed },
      { weight: 2, arbitrary: fc.constant([...instead, ...more]) },
    );
    return fc.tuple(parts, comma).map(([all, between]) => `{${all.join(between)}}`);
  });
}

/** A string of line protocol, in one of the ways to escape it. */
function quoted(text: string, style: number): string {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const odd = (style >> (i % 30)) % 2 === 1;
    if (char === '"') {
      result += '\\"';
    } else if (char === "\\") {
      result += odd && !/["\\nrt]/.test(text.charAt(i + 1)) && i + 1 < text.length ? "\\" : "\\\\";
    } else if (char === "\n" || char === "\t") {
      result += odd ? char : char === "\n" ? "\\n" : "\\t";
    } else {
      result += char;
    }
  }
  return `"${result}"`;
}

/** One event as a line: mostly sound, sometimes with a byte put in or taken out anywhere. */
export const messages: fc.Arbitrary<Uint8Array> = fc
  .constantFrom("start_job" as const, "stop_job" as const, "nodestate" as const)
  .chain((kind) => {
    const head = kind === "nodestate" ? "nodestate" : `job,function=${kind},type=node`;
    const time = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom("", ` ${now}000000000`) },
      { weight: 1, arbitrary: fc.constantFrom(` ${now}`, " 5 5", " -1", ` ${now}000`, ` ${now}000000`) },
    );
    const put = fc.constantFrom("", '"', "\\", "{", "}", ",", "0", "n", "\0", "\n");
    const damage = fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.tuple(fc.nat(), put) },
    );
    return fc.tuple(payloads(kind), fc.nat(), time, damage).map(([json, style, suffix, hit]) => {
      const line = `${head} event=${quoted(json, style)}${suffix}`;
      const bytes = new TextEncoder().encode(line);
      if (hit === undefined) {
        return bytes;
      }
      const at = hit[0] % bytes.length;
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...new TextEncoder().encode(hit[1]),
        ...bytes.subarray(at + 1),
      ]);
    });
  });
