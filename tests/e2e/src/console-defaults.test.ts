import { createHmac } from "node:crypto";
import { userInfo } from "node:os";
import { TokenIssuer } from "@cc-ingest/web/testing";
import { expect, test, vi } from "vitest";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const issuer = new TokenIssuer();

async function consoleUrl(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const service = await stack().running("console", { INGEST_CONSOLE_HTTP_PORT: "0", ...env });
  return String((await service.logged("started"))["url"]);
}

test("beyond loopback it does not start without the key of the tokens: exit code 2, and what to set", async () => {
  const service = stack().start("console", { INGEST_CONSOLE_HTTP_HOST: "0.0.0.0" });
  expect(await service.exit).toBe(2);
  expect(service.stderr.join("\n")).toMatch(
    /INGEST_CONSOLE_HTTP_HOST: "0\.0\.0\.0" lets others in.*JWT_PUBLIC_KEY/,
  );
});

test("without tokens it is on loopback, and no other web page may ask", async () => {
  const url = await consoleUrl();
  expect(new URL(url).hostname).toBe("127.0.0.1");
  const code = async (headers: Record<string, string>) => (await fetch(`${url}/jobs`, { headers })).status;
  expect(await code({})).toBe(200);
  expect(await code({ origin: "https://elsewhere.example" })).toBe(403);
});

/** The number of an open dead letter. */
async function oneLetter(): Promise<string> {
  const { db, publish, running } = stack();
  await running("ingest-jobs");
  await publish(JOBS, "job,function=stop_job event=");
  return await vi.waitFor(async () => {
    const open = db.selectFrom("dead_letter").select("id").where("status", "=", "open");
    return String((await open.executeTakeFirstOrThrow()).id);
  }, until);
}

test("writing is off until it is turned on, also for an admin with a form of ours", async () => {
  const { db } = stack();
  await oneLetter();
  const url = await consoleUrl({ JWT_PUBLIC_KEY: issuer.publicKey });
  const token = await issuer.token(["admin"]);
  const headers = { cookie: `cc_ingest_token=${token}`, origin: url };
  const page = await (await fetch(`${url}/dead-letters`, { headers })).text();
  expect(page).toContain("missing_field_value");
  expect(page).not.toMatch(/Replay…|Discard…/);
  const preview = await fetch(`${url}/dead-letters/answer?action=discard&all=yes`, { headers });
  expect(await preview.text()).toMatch(
    /1 would be discarded.*this console only reads: set ingest\.console\.writes to on/,
  );
  const csrf = createHmac("sha256", token).update("csrf").digest("hex");
  const body = new URLSearchParams({ action: "discard", all: "yes", csrf });
  const answer = await fetch(`${url}/dead-letters/answer`, { method: "POST", headers, body });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("this console only reads");
  expect(await db.selectFrom("dead_letter").select("status").execute()).toEqual([{ status: "open" }]);
});

test("without tokens, whoever runs the console is named in the audit trail", async () => {
  const { db } = stack();
  const id = await oneLetter();
  const url = await consoleUrl({ INGEST_CONSOLE_WRITES: "on" });
  const preview = await (await fetch(`${url}/dead-letters/answer?action=discard&id=${id}`)).text();
  const csrf = /name="csrf" value="(\w+)"/.exec(preview)?.[1] ?? "";
  const body = new URLSearchParams({ action: "discard", id, csrf });
  const headers = { origin: url };
  const answer = await fetch(`${url}/dead-letters/answer`, { method: "POST", headers, body });
  expect(await answer.text()).toContain("1 discarded");
  expect(await db.selectFrom("dead_letter_action").select(["actor", "action", "outcome"]).execute()).toEqual([
    { actor: `${userInfo().username} (console without sign-in)`, action: "discard", outcome: "discarded" },
  ]);
});
