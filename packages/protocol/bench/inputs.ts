import { readFileSync } from "node:fs";
import { decodeLines, encodeNodeStates, encodePoints, encodeStartJob } from "../dist/index.js";
import type { EncodeResult, Point } from "../dist/index.js";

/** A message, and the JSON text in it as it would arrive without line protocol around it. */
export interface EventInput {
  readonly name: string;
  readonly message: Uint8Array;
  readonly json: Uint8Array;
}

const timestamp = 1_760_000_000_000_000_000n;
const tags = { hostname: "fmgmt1", type: "node", "type-id": "0" };
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const hostname = (i: number): string => `f${String(101 + i).padStart(4, "0")}`;

function bytesOf(result: EncodeResult): Uint8Array {
  if (!result.ok) {
    throw new Error(`${result.code}: ${result.message}`);
  }
  return result.bytes;
}

function input(name: string, message: Uint8Array): EventInput {
  for (const line of decodeLines(message, { whitespaceEscapes: true })) {
    const event = line.ok ? line.point.fields[0]?.[1] : undefined;
    if (event?.kind === "string") {
      return { name, message, json: new TextEncoder().encode(event.value) };
    }
  }
  throw new Error(`${name} holds no event`);
}

/** The message of the public documentation: 362 bytes. */
export function documentedStart(): EventInput {
  const file = readFileSync(new URL("../fixtures/valid/documented-start.lp", import.meta.url));
  return input("start, 2 nodes", file.subarray(0, file.lastIndexOf(10)));
}

/** What cc-slurm-adapter sends for 64 nodes of 72 threads and a job script of 1 KB. */
export function largeStart(): EventInput {
  const line = 'module load intel "2021.4" && srun ./lbm.exe > out.log 2>&1\n';
  const job = {
    jobId: 1_403_244n,
    cluster: "fritz",
    partition: "multinode",
    project: "k106eb",
    user: "k106eb10",
    startTime: 1_760_000_000,
    walltime: 86_340n,
    numNodes: 64,
    numHwthreads: 64 * 72,
    resources: range(64).map((i) => ({ hostname: hostname(i), hwthreads: range(72) })),
    metaData: {
      jobName: "lbm",
      jobScript: `#!/bin/bash -l\n${line.repeat(16)}`,
      slurmInfo: "JobId=1403244 JobName=lbm\n   UserId=k106eb10(2001)",
      submitTime: "1759999000",
    },
  };
  return input("start, 64 nodes", bytesOf(encodeStartJob(job, { timestamp, tags })));
}

export function nodeStates(): EventInput {
  const nodes = range(1000).map((i) => ({
    hostname: hostname(i),
    states: i % 3 === 0 ? ["idle"] : ["allocated"],
    cpusAllocated: i % 3 === 0 ? 0 : 72,
    memoryAllocated: i % 3 === 0 ? 0n : 256_000n,
    gpusAllocated: 0,
    jobsRunning: i % 3 === 0 ? 0 : 1,
  }));
  return input(
    "nodestate, 1,000 nodes",
    bytesOf(encodeNodeStates({ cluster: "fritz", nodes }, { timestamp })),
  );
}

/** Lines with ten tags and ten fields of all kinds, as metric collectors send them. */
export function generalPoints(): Point[] {
  return range(500).map((i) => ({
    measurement: "cpu_load",
    tags: range(10).map((k): [string, string] => [`tag${k}`, `value-${(i * 7 + k) % 100}`]),
    fields: [
      ["load_one", { kind: "float", value: i / 7 }],
      ["load_five", { kind: "float", value: i }],
      ["usage_user", { kind: "float", value: 12.5 }],
      ["usage_idle", { kind: "float", value: 87.25 }],
      ["processes", { kind: "integer", value: BigInt(i) }],
      ["bytes_read", { kind: "integer", value: 123_456_789_012n + BigInt(i) }],
      ["uptime", { kind: "unsigned", value: 987_654_321n }],
      ["enabled", { kind: "boolean", value: i % 2 === 0 }],
      ["state", { kind: "string", value: "running" }],
      ["note", { kind: "string", value: 'said "hello world" twice' }],
    ],
    timestamp: timestamp + BigInt(i),
  }));
}

export function generalLines(): Uint8Array {
  return bytesOf(encodePoints(generalPoints()));
}
