import { expect, test } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { startService } from "./testing/service-process.js";

const uncaught = ["--import", new URL("testing/uncaught-error.mjs", import.meta.url).href];
const nowhere = {
  SUBJECT_JOB_EVENT: "cc.job.event",
  SUBJECT_NODE_STATE: "cc.node.state",
  NATS_URL: "nats://127.0.0.1:1",
  DATABASE_URL: "postgres://writer@127.0.0.1:1/cc",
};

test.each(["ingest-jobs", "ingest-nodestate", "rest-api", "console"] as const)(
  "%s ends with one fatal line, without what hangs on the error",
  async (name) => {
    const service = startService(name, nowhere, uncaught);
    expect(await service.exit).toBe(1);
    expect(service.stderr).toEqual([]);
    expect(service.stdout.join("\n")).not.toMatch(/in-the-url-77|in-a-property-77/);
    const fatal = service.log.filter(({ level }) => level === "fatal");
    expect(fatal).toMatchObject([
      {
        msg: "a bug: lost postgres://writer:***@db/cc",
        err: {
          type: "Error",
          code: "EPIPE",
          stack: expect.stringContaining("uncaught-error.mjs") as unknown,
        },
      },
    ]);
    expect(Object.keys(fatal[0]?.["err"] as object)).toEqual(["type", "message", "stack", "code"]);
  },
);

test("the command line ends with one line that says what happened, and no more", async () => {
  const { code, stdout, stderr } = await ccingest(["status"], {
    ...nowhere,
    NODE_OPTIONS: uncaught.map((each) => each.replaceAll(" ", "%20")).join(" "),
  });
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: "error: lost postgres://writer:***@db/cc\n",
  });
});
