import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "./decode-message.js";
import type { MessageOutcome } from "./outcome.js";

const streamTime = 1_760_100_000_000_000_000n;

function decodeFixture(name: string): MessageOutcome {
  const bytes = readFileSync(new URL(`../../fixtures/valid/${name}.lp`, import.meta.url));
  const outcomes = [...decodeMessage(bytes, { streamTime })];
  expect(outcomes).toHaveLength(1);
  const [outcome] = outcomes;
  if (outcome === undefined) {
    throw new Error(`${name} gave no outcome`);
  }
  return outcome;
}

describe("the messages ClusterCockpit's documentation shows decode verbatim", () => {
  it("start_job, with the legacy key exclusive", () => {
    expect(decodeFixture("documented-start")).toMatchObject({
      kind: "start_job",
      line: 1,
      eventTime: 1_234_567_890_000_000_000n,
      job: {
        jobId: 1001n,
        cluster: "fritz",
        subCluster: "spr",
        user: "testuser",
        project: "myproject",
        partition: "normal",
        shared: "none",
        numNodes: 2,
        numHwthreads: 128,
        walltime: 86400n,
        startTime: 1_234_567_890,
        smt: 1,
        monitoringStatus: 1,
        resources: [{ hostname: "node01" }, { hostname: "node02" }],
        tags: [],
        metaData: undefined,
      },
    });
  });

  it("stop_job, with the alias state", () => {
    expect(decodeFixture("documented-stop")).toMatchObject({
      kind: "stop_job",
      eventTime: 1_234_569_000_000_000_000n,
      stop: {
        jobId: 1001n,
        cluster: "fritz",
        stopTime: 1_234_569_000,
        startTime: undefined,
        jobState: "completed",
      },
    });
  });

  it("nodestate", () => {
    const outcome = decodeFixture("documented-nodestate");
    expect(outcome).toMatchObject({
      kind: "nodestate",
      nodes: {
        cluster: "fritz",
        nodes: [
          { hostname: "node01", states: ["idle"], state: "idle", cpusAllocated: 0, memoryAllocated: 0n },
          {
            hostname: "node02",
            states: ["allocated"],
            state: "allocated",
            cpusAllocated: 128,
            memoryAllocated: 256_000n,
            gpusAllocated: 4,
            jobsRunning: 1,
          },
        ],
      },
    });
  });
});

describe("the messages cc-slurm-adapter sends decode verbatim", () => {
  it("start_job, its job script intact", () => {
    const outcome = decodeFixture("adapter-start");
    expect(outcome).toMatchObject({
      kind: "start_job",
      eventTime: 1_760_000_000_000_000_000n,
      job: {
        jobId: 1_403_244n,
        cluster: "fritz",
        subCluster: "",
        user: "k106eb10",
        shared: "none",
        numNodes: 1,
        numHwthreads: 72,
        walltime: 86_340n,
        resources: [{ hostname: "f0720", hwthreads: [0, 1, 2, 3] }],
        footprint: undefined,
        energyFootprint: undefined,
        statistics: undefined,
        concurrentJobs: { items: [], count: 0 },
      },
    });
    expect(outcome.kind === "start_job" && outcome.job.metaData).toStrictEqual({
      jobName: "lbm",
      jobScript: [
        "#!/bin/bash -l",
        "#SBATCH --job-name=lbm",
        'module load intel "2021.4"',
        "srun ./lbm.exe > out.log 2>&1",
        "printf '%s\\n' done",
        "",
      ].join("\n"),
      slurmInfo: "JobId=1403244 JobName=lbm\n   UserId=k106eb10(2001)",
      submitTime: "1759999000",
    });
  });

  it("stop_job", () => {
    expect(decodeFixture("adapter-stop")).toMatchObject({
      kind: "stop_job",
      stop: { jobId: 1_403_244n, cluster: "fritz", stopTime: 1_760_003_600, jobState: "completed" },
    });
  });
});
