import { createHmac } from "node:crypto";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { answerOf, codeOf, startSite } from "./testing/site.js";
import { TokenIssuer } from "./token-issuer/index.js";
import { tokenVerifier } from "./verify-token.js";

const issuer = new TokenIssuer();
const site = () => startSite({ jwtPublicKey: issuer.publicKey });
const inOwnHeader = (token: string) => ({ headers: { "X-Auth-Token": token } });
const asBearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

test.each([
  ["X-Auth-Token", inOwnHeader],
  ["Authorization: Bearer", asBearer],
])("a token in %s says who asks", async (_, carried) => {
  const { url } = await site();
  const token = await issuer.token(["api", "admin", "unheard-of"], { subject: "monitoring" });
  expect(await answerOf(await fetch(`${url}/who`, carried(token)))).toEqual({
    code: 200,
    body: { user: "monitoring", roles: ["api", "admin"], authenticated: true },
  });
});

test("a token without an end is valid, as cc-backend makes them by default", async () => {
  const { url } = await site();
  const token = await issuer.token(["api"], { expires: "never" });
  expect((await fetch(`${url}/who`, inOwnHeader(token))).status).toBe(200);
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = part({ sub: "root", roles: ["admin"] });

/** As if the secret of a symmetric signature were what everybody knows. */
function signedWithPublicKey(): string {
  const unsigned = `${part({ alg: "HS256" })}.${claims}`;
  const signature = createHmac("sha256", Buffer.from(issuer.publicKey, "base64")).update(unsigned);
  return `${unsigned}.${signature.digest("base64url")}`;
}

const anHourAhead = () => Math.floor(Date.now() / 1_000) + 3_600;
const ownHeader = async (token: Promise<string> | string) => ({ "X-Auth-Token": await token });

test.each<[string, () => Promise<Record<string, string>>, string]>([
  ["nobody's request", async () => ({}), "a token is needed"],
  ["what is no bearer's", async () => ({ Authorization: "Basic YTpi" }), "a token is needed"],
  ["a token of another key", () => ownHeader(new TokenIssuer().token(["admin"])), "another key"],
  ["an expired token", () => ownHeader(issuer.token(["admin"], { expires: "-1s" })), "expired"],
  ["a token of nobody", () => ownHeader(issuer.token(["admin"], { subject: "" })), "names no subject"],
  [
    "a token that is not valid yet",
    () => ownHeader(issuer.token(["admin"], { claims: { nbf: anHourAhead() } })),
    "nbf does not fit",
  ],
  ["what is no token", () => ownHeader("a.b.c"), "no token signed with Ed25519"],
  ["a token without signature", () => ownHeader(`${part({ alg: "none" })}.${claims}.`), "no token signed"],
  ["a token signed with our public key", () => ownHeader(signedWithPublicKey()), "no token signed"],
])("%s is refused with 401", async (_, headers, why) => {
  const { url } = await site();
  const response = await fetch(`${url}/who`, { headers: await headers() });
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  expect(await answerOf(response)).toEqual({
    code: 401,
    body: { status: "Unauthorized", error: expect.stringContaining(why) },
  });
});

test("a token that was valid is refused once it has expired", async () => {
  const verify = tokenVerifier(issuer.publicKey);
  const token = await issuer.token(["api"], { expires: "1h" });
  expect(await verify(token)).toMatchObject({ user: "someone" });
  vi.useFakeTimers({ now: Date.now() + 3_599_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await verify(token)).toMatchObject({ user: "someone" });
  vi.setSystemTime(Date.now() + 2_000);
  await expect(verify(token)).rejects.toThrow("the token has expired");
});

test("who lacks the role gets 403 and is told which he needs", async () => {
  const { url } = await site();
  const write = async (...roles: string[]) =>
    await answerOf(
      await fetch(`${url}/write`, { method: "POST", body: "x", ...asBearer(await issuer.token(roles)) }),
    );
  for (const roles of [["user"], ["support", "manager"], []])
    expect(await write(...roles)).toEqual({
      code: 403,
      body: { status: "Forbidden", error: "someone needs one of these roles: api, admin" },
    });
  expect(await write("api")).toEqual({ code: 200, body: { bytes: 1 } });
});

describe("without a key", () => {
  test("this machine may do everything", async () => {
    const { url } = await startSite();
    expect(await answerOf(await fetch(`${url}/who`))).toMatchObject({
      code: 200,
      body: { user: "local", authenticated: false },
    });
    expect((await fetch(`${url}/write`, { method: "POST", body: "x" })).status).toBe(200);
  });

  test.each([
    ["a name that was made to lead here", { Host: "rebound.example.org" }],
    ["another page's script", { Origin: "https://example.org" }],
    ["another local page's script", { Origin: "http://localhost:1" }],
    ["a link on another page", { "Sec-Fetch-Site": "cross-site" }],
  ])("a browser may not, by %s", async (_, headers) => {
    const { url } = await startSite();
    expect(await codeOf(`${url}/who`, {})).toBe(200);
    expect(await codeOf(`${url}/who`, headers)).toBe(403);
  });
});
