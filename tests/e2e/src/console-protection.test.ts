import { createHmac } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { violations } from "./console/browser.js";
import { useSite } from "./console/site.js";

const { opened, stage } = useSite();

const open = () => stage().db.selectFrom("dead_letter").select("id").where("status", "=", "open").execute();
const noted = () => stage().db.selectFrom("dead_letter_action").select("id").execute();
let letter = "";
beforeEach(async () => {
  letter = String((await open())[0]?.id);
});

/** Discards the letter by a form as a page of ours has it, but for what is given. */
async function discard(role: string, { csrf, origin }: { csrf?: string; origin?: string } = {}) {
  const { url, issuer } = stage();
  const token = await issuer.token([role], { subject: `${role}-of-the-site` });
  const own = createHmac("sha256", token).update("csrf").digest("hex");
  const answer = await fetch(`${url}/dead-letters/answer`, {
    method: "POST",
    body: new URLSearchParams({ action: "discard", id: letter, csrf: csrf ?? own }),
    headers: { cookie: `cc_ingest_token=${token}`, origin: origin ?? url },
  });
  return [answer.status, await answer.text()];
}

test.each([
  ["who may only read", "support", {}, "support-of-the-site needs one of these roles: admin"],
  ["another page", "admin", { origin: "https://elsewhere.example" }, "Forbidden"],
  ["a form that is not ours", "admin", { csrf: "0".repeat(64) }, "this form is not ours"],
  ["a form without the value of ours", "admin", { csrf: "" }, "this form is not ours"],
])("%s can't answer dead letters, and nothing is noted", async (_, role, given, why) => {
  const before = [await open(), await noted()];
  expect(await discard(role, given)).toEqual([403, expect.stringContaining(why)]);
  expect([await open(), await noted()]).toEqual(before);
});

test("who may only read sees the dry run, why it stays one, and no button", async () => {
  const page = await opened(`/dead-letters/${letter}`, "support");
  const buttons = page.getByRole("main").getByRole("button");
  expect(await buttons.count()).toBe(0);
  await page.goto("/dead-letters/answer?action=discard&all=yes");
  expect(await page.getByRole("main").textContent()).toMatch(
    /\d would be discarded.*only who has one of these roles may answer dead letters: admin/,
  );
  expect(await buttons.count()).toBe(0);
  expect(await violations(page)).toEqual([]);
});

test("the same form of an admin is accepted", async () => {
  const { db } = stage();
  expect(await discard("admin")).toEqual([200, expect.stringContaining("1 discarded")]);
  expect(
    await db.selectFrom("dead_letter").select("status").where("id", "=", BigInt(letter)).execute(),
  ).toEqual([{ status: "discarded" }]);
});
