import { expect, it } from "vitest";
import { allSettings } from "./settings.js";
import { exampleConfig, showConfig } from "./show-config.js";
import { configOf, database, load, warningsOf } from "./testing/load.js";

const env = {
  ...database,
  NATS_URL: "tls://u:secret@a:1,tls://b:2",
  SUBJECT_JOB_EVENT: "cc.job.event",
  SUBJECT_NODE_STATE: "cc.node.state",
  INGEST_JOBS_BATCH_SIZE: "17",
};

it("shows every setting as the file would state it, and no secret", () => {
  const shown = showConfig(configOf(load({}, { env })));
  expect(shown).not.toMatch(/secret|writer:pw/);
  expect(JSON.parse(shown)).toMatchObject({
    main: { "api-subjects": { "subject-job-event": "cc.job.event" } },
    nats: { address: "tls://a:1,tls://b:2", username: "***", password: "***" },
    ingest: { database: { url: "postgres://writer:***@db/cc" }, jobs: { "batch-size": 17 } },
  });
});

it("shows what loads as the same configuration, given the secrets again", () => {
  const config = configOf(load({}, { env }));
  const again = load(showConfig(config), {
    env: { ...database, NATS_USERNAME: "u", NATS_PASSWORD: "secret" },
  });
  expect(configOf(again)).toEqual(config);
});

it("shows each setting under its own key, and only when it is there", () => {
  const config = configOf(load({}, { env: {}, required: [] }));
  for (const { key, show, fallback } of allSettings)
    expect([key, show(config)]).toEqual([key, key.startsWith("main.api-subjects.") ? undefined : fallback]);
});

it("makes an example that loads without warning and states every default", () => {
  const result = load(exampleConfig(), { env: {} });
  expect(warningsOf(result)).toEqual([]);
  expect(configOf(result).apiSubjects?.jobEvent).toBe("cc.job.event");
  const bare = configOf(load({}, { env: { ...database, NATS_URL: "x" } }));
  expect(configOf(result).ingest).toEqual(bare.ingest);
});
