import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineLikeBytes, points } from "../testing/arbitrary-points.js";
import { slowDecodeLines } from "../testing/slow-line-decoder.js";
import { decodeLines } from "./decode-lines.js";
import { encodePoints } from "./encode-points.js";
import { numRuns } from "../testing/runs.js";

describe("line protocol, for any input", () => {
  it("decodes what was encoded to the same points", () => {
    fc.assert(
      fc.property(
        fc.array(points, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (sent, whitespaceEscapes) => {
          const encoded = encodePoints(sent);
          const lines = encoded.ok ? [...decodeLines(encoded.bytes, { whitespaceEscapes })] : [];
          expect(lines.map((line) => (line.ok ? line.point : line.error))).toStrictEqual(sent);
        },
      ),
      { numRuns },
    );
  });

  it("decodes any bytes to what the slow decoder says", () => {
    fc.assert(
      fc.property(lineLikeBytes, fc.boolean(), (bytes, whitespaceEscapes) => {
        const fast = [...decodeLines(bytes, { whitespaceEscapes })];
        const slow = slowDecodeLines(bytes, whitespaceEscapes, true);
        expect(fast.map((line) => (line.ok ? line.point : "refused"))).toStrictEqual(
          slow.map((line) => (line.ok ? line.point : "refused")),
        );
      }),
      { numRuns: 5 * numRuns },
    );
  });

  it("encodes again, byte for byte the same, what it has decoded from its own output", () => {
    fc.assert(
      fc.property(points, (point) => {
        const first = encodePoints([point]);
        const lines = first.ok ? [...decodeLines(first.bytes)] : [];
        const second = encodePoints(lines.flatMap((line) => (line.ok ? [line.point] : [])));
        expect(second).toStrictEqual(first);
      }),
      { numRuns },
    );
  });

  it("accounts for every byte: entries lie in order and only comments and white space lie between", () => {
    fc.assert(
      fc.property(lineLikeBytes, (bytes) => {
        let end = 0;
        for (const { raw } of decodeLines(bytes)) {
          const start = raw.byteOffset - bytes.byteOffset;
          expect(Buffer.from(bytes.subarray(end, start)).toString("latin1")).toMatch(/^(?:\s|#.*)*$/);
          end = start + raw.length;
        }
        expect(Buffer.from(bytes.subarray(end)).toString("latin1")).toMatch(/^(?:\s|#.*)*$/);
      }),
      { numRuns },
    );
  });
});
