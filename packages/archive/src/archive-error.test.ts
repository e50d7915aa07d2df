import { expect, test } from "vitest";
import { ArchiveError, explainFileError } from "./archive-error.js";

const explain = (code: string) => explainFileError(Object.assign(new Error(code), { code }), "/archive");

test.each([
  ["EACCES", /this user may not write there/],
  ["EPERM", /this user may not write there/],
  ["EROFS", /read-only/],
  ["ENOTSUP", /no hard links/],
])("%s must be mended", async (code, message) => {
  const error = await explain(code);
  expect(error).toBeInstanceOf(ArchiveError);
  expect(error).toMatchObject({ message: expect.stringMatching(message), needsMending: true });
  expect(error).toHaveProperty("message", expect.stringContaining("/archive"));
});

test.each(["ENOSPC", "EDQUOT", "EFBIG"])("%s is a full disk, which may pass", async (code) => {
  expect(await explain(code)).toMatchObject({
    message: `the directory for node states, /archive, is full (${code}); make room`,
    needsMending: false,
  });
});

test("what the directory has nothing to do with stays as it is", async () => {
  const error = new Error("terminating connection");
  expect(await explainFileError(error, "/archive")).toBe(error);
});
