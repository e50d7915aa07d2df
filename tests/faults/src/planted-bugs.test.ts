import { writeFile } from "node:fs/promises";
import type { ServiceProcess } from "@cc-ingest/devstack";
import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { impatient } from "./changes/impatient.ts";
import { plantedBugs } from "./changes/planted-bugs.ts";
import { killAt, waitAt } from "./changes/points.ts";
import { type TextChange, changedLine } from "./changes/text-change.ts";
import { foreignTransaction, refuseInserts } from "./site/database-faults.ts";
import { message, startLine, stopLine } from "./site/lines.ts";
import { traffic } from "./site/traffic.ts";
import { nothingWrong, useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

// Each bug is put into the service's process, and the fault that it can't stand happens. Without the bug nothing is wrong after
// the same fault.

const site = useSite();

type Start = (changes?: readonly TextChange[], env?: Readonly<Record<string, string>>) => ServiceProcess;

const IDS = Array.from({ length: 16 }, (_, i) => i + 1);

const jobTraffic = () => traffic(20, 1).filter(({ to }) => to === "ingest-jobs");

const runningJobs = async (): Promise<number> => {
  const { rows } = await sql`SELECT FROM job WHERE job_state = 'running'`.execute(site().db);
  return rows.length;
};

/** Until then a service may apply again what has just been acknowledged, and so mend what a bug has done. */
const compared = (service: ServiceProcess) => service.logged("the database has all that was acknowledged");

const scenarios: Readonly<Record<keyof typeof plantedBugs, (start: Start) => Promise<void>>> = {
  async ackBeforeCommit(start) {
    // Nothing is started after the fault: at its start a service applies again what the database lacks.
    const other = start([], { JOB_CONCURRENCY: "1", INGEST_JOBS_BATCH_SIZE: "1" });
    await compared(other);
    other.kill("SIGSTOP");
    const dying = start([killAt("begun")], { INGEST_JOBS_BATCH_SIZE: "5" });
    await compared(dying);
    await site().publish(jobTraffic());
    expect(await dying.exit).toBe("SIGKILL");
    other.kill("SIGCONT");
  },
  async noParkedStops(start) {
    await compared(start());
    await site().publish([message("ingest-jobs", stopLine(1))]);
    await site().drained();
    await site().publish([message("ingest-jobs", startLine(1))]);
  },
  async infrastructureTakenForData(start) {
    await using refusal = await refuseInserts(site().db, "job", "53100", "NEW.job_id = 5");
    expect(refusal.state).toBe("53100");
    const service = start();
    await compared(service);
    await site().publish(IDS.map((id) => message("ingest-jobs", startLine(id))));
    await vi.waitFor(async () => {
      const letters = await site().db.selectFrom("dead_letter").selectAll().execute();
      const waits = service.log.some(({ msg }) => String(msg).includes("trying again"));
      expect(waits || letters.length > 0).toBe(true);
    }, until);
  },
  async noSettling(start) {
    const go = site().newPath();
    // It takes one message, and one more for later.
    await compared(start([waitAt("written", go)], { JOB_CONCURRENCY: "1", INGEST_JOBS_BATCH_SIZE: "1" }));
    await site().publish([1, 2].map((id) => message("ingest-jobs", startLine(id))));
    await vi.waitFor(async () => {
      expect((await site().jsm.consumers.info("CC_JOB", "ingest-jobs")).num_ack_pending).toBe(2);
    }, until);
    // Neither transaction sees what the other adds.
    await compared(start());
    await site().publish([message("ingest-jobs", stopLine(1))]);
    await vi.waitFor(async () => {
      expect(await site().db.selectFrom("parked_stop").selectAll().execute()).toHaveLength(1);
    }, until);
    await writeFile(go, "");
  },
  async halfFailedTakenForDone(start) {
    const service = start(impatient);
    await compared(service);
    await site().publish(IDS.map((id) => message("ingest-jobs", startLine(id))));
    await site().drained();
    const from = service.log.length;
    await using other = await foreignTransaction(site().db);
    await other.run("SELECT FROM job WHERE job_id = 5 FOR UPDATE");
    await site().publish([message("ingest-jobs", IDS.map(stopLine).join("\n"))]);
    // The others are committed; that one fails again, or the bug takes it for done.
    await vi.waitFor(() => {
      const later = service.log.slice(from).map(({ msg }) => String(msg));
      const again = later.filter((msg) => msg.includes("trying again"));
      expect(again.length > 1 || later.includes("batch committed")).toBe(true);
    }, until);
    await vi.waitFor(async () => expect(await runningJobs()).toBe(1), until);
  },
};

/** What the scenario leaves wrong with these bugs, and what the first process said on standard error. */
async function outcome(name: keyof typeof plantedBugs, bugs: readonly TextChange[]) {
  const { start, reset, drained, differences } = site();
  await reset();
  const services: ServiceProcess[] = [];
  await scenarios[name]((changes = [], env = {}) => {
    const service = start("ingest-jobs", { env, changes: [...changes, ...bugs] });
    services.push(service);
    return service;
  });
  await drained();
  return { found: await differences(), stderr: services[0]?.stderr };
}

test.each(Object.keys(plantedBugs) as (keyof typeof plantedBugs)[])("%s is noticed", async (name) => {
  expect((await outcome(name, [])).found).toEqual(nothingWrong);
  const bug = plantedBugs[name];
  const { found, stderr } = await outcome(name, [bug]);
  expect(stderr).toContain(changedLine(bug));
  expect(found).not.toEqual(nothingWrong);
});
