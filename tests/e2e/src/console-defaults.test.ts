import { createHmac } from "node:crypto";
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

test("writing is off until it is turned on, also for an admin with a form of ours", async () => {
  const { db, publish, running } = stack();
  await running("ingest-jobs");
  await publish(JOBS, "job,function=stop_job event=");
  await vi.waitUntil(
    async () => (await db.selectFrom("dead_letter").select("id").execute()).length === 1,
    until,
  );
  const url = await consoleUrl({ JWT_PUBLIC_KEY: issuer.publicKey });
  const token = await issuer.token(["admin"]);
  const headers = { cookie: `cc_ingest_token=${token}`, origin: url };
  const page = await (await fetch(`${url}/dead-letters`, { headers })).text();
  expect(page).toContain("missing_field_value");
  expect(page).not.toMatch(/Replay…|Discard…/);
  const csrf = createHmac("sha256", token).update("csrf").digest("hex");
  const body = new URLSearchParams({ action: "discard", all: "yes", csrf });
  const answer = await fetch(`${url}/dead-letters/answer`, { method: "POST", headers, body });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("this console only reads");
  expect(await db.selectFrom("dead_letter").select("status").execute()).toEqual([{ status: "open" }]);
});
