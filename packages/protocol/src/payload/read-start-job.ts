import { quoted } from "../excerpt.js";
import type { JsonReader } from "../json/json-reader.js";
import { keyTable } from "../json/key-table.js";
import { readConcurrentJobs, readList, readMap, readNumber, readResource } from "./read-parts.js";
import { readStatistic, readTag, readText } from "./read-parts.js";
import type { StartJob } from "./start-job.js";
import { type Shared, isShared, sharedOfExclusive } from "./states.js";
import { type TimeBounds, judgeSeconds } from "./times.js";

/** In the order Go producers write them; `exclusive` is an alias of `shared`. */
export const startJobKeys = keyTable(
  "cluster",
  "subCluster",
  "partition",
  "project",
  "user",
  "shared",
  "jobState",
  "tags",
  "resources",
  "energyFootprint",
  "footprint",
  "metaData",
  "concurrentJobs",
  "energy",
  "arrayJobId",
  "walltime",
  "requestedMemory",
  "jobId",
  "duration",
  "smt",
  "monitoringStatus",
  "numAcc",
  "numHwthreads",
  "numNodes",
  "statistics",
  "id",
  "submitTime",
  "startTime",
  "exclusive",
);

/** Reads and checks a start_job payload; what it returns counts only when `json.fault` is undefined afterwards. */
export function readStartJob(json: JsonReader, bounds: TimeBounds): StartJob {
  const { identifierBytes } = json.limits;
  let cluster = "";
  let subCluster = "";
  let partition = "";
  let project = "";
  let user = "";
  let shared = "";
  let exclusive = -1;
  let tags: StartJob["tags"] = [];
  let resources: StartJob["resources"] = [];
  let energyFootprint: StartJob["energyFootprint"];
  let footprint: StartJob["footprint"];
  let metaData: StartJob["metaData"];
  let concurrentJobs: StartJob["concurrentJobs"];
  let statistics: StartJob["statistics"];
  let energy = 0;
  let arrayJobId = 0n;
  let walltime = 0n;
  let requestedMemory = 0n;
  let jobId = 0n;
  let submitTime = 0n;
  let startTime = 0;
  let duration = 0;
  let smt = 1;
  let monitoringStatus = 1;
  let numAcc = 0;
  let numHwthreads = 0;
  let numNodes = 0;
  for (let key = json.firstKey(startJobKeys); key !== undefined; key = json.nextKey(startJobKeys)) {
    // The usual keys first: they are compared one after the other.
    switch (key) {
      case "jobId":
        jobId = json.int64(jobId);
        break;
      case "cluster":
        cluster = json.text(cluster, identifierBytes);
        break;
      case "subCluster":
        subCluster = json.text(subCluster, identifierBytes);
        break;
      case "partition":
        partition = json.text(partition, identifierBytes);
        break;
      case "project":
        project = json.text(project, identifierBytes);
        break;
      case "user":
        user = json.text(user, identifierBytes);
        break;
      case "shared":
        shared = json.text(shared, identifierBytes);
        break;
      case "numNodes":
        numNodes = json.int32(numNodes);
        break;
      case "numHwthreads":
        numHwthreads = json.int32(numHwthreads);
        break;
      case "resources":
        resources = readList(json, readResource);
        break;
      case "startTime":
        startTime = json.int64AsNumber(startTime);
        break;
      case "walltime":
        walltime = json.int64(walltime);
        break;
      case "metaData":
        metaData = readMap(json, readText);
        break;
      case "duration":
        duration = json.int32(duration);
        break;
      case "energy":
        energy = json.number(energy);
        break;
      case "jobState":
        json.text("");
        break;
      case "energyFootprint":
        energyFootprint = readMap(json, readNumber);
        break;
      case "footprint":
        footprint = readMap(json, readNumber);
        break;
      case "concurrentJobs":
        concurrentJobs = readConcurrentJobs(json) ?? concurrentJobs;
        break;
      case "statistics":
        statistics = readMap(json, readStatistic);
        break;
      case "numAcc":
        numAcc = json.int32(numAcc);
        break;
      case "exclusive":
        exclusive = json.integer(exclusive, 0, 2);
        break;
      case "arrayJobId":
        arrayJobId = json.int64(arrayJobId);
        break;
      case "requestedMemory":
        requestedMemory = json.int64(requestedMemory);
        break;
      case "submitTime":
        submitTime = json.int64(submitTime);
        break;
      case "smt":
        smt = json.int32(smt);
        break;
      case "monitoringStatus":
        monitoringStatus = json.integer(monitoringStatus, 0, 3);
        break;
      case "tags":
        tags = readList(json, readTag);
        break;
      case "id":
        json.int64(0n);
        break;
    }
  }
  const job: StartJob = {
    jobId,
    cluster,
    subCluster,
    partition,
    project,
    user,
    shared: resolveShared(shared, exclusive, json),
    arrayJobId,
    walltime,
    requestedMemory,
    submitTime,
    startTime,
    duration,
    smt,
    monitoringStatus,
    numAcc,
    numHwthreads,
    numNodes,
    energy,
    tags,
    resources,
    metaData,
    footprint,
    energyFootprint,
    concurrentJobs,
    statistics,
  };
  checkStartJob(job, json, bounds);
  return job;
}

function resolveShared(shared: string, exclusive: number, json: JsonReader): Shared {
  if (shared === "") {
    return sharedOfExclusive[exclusive] ?? "none";
  }
  if (!isShared(shared)) {
    json.refuse("invalid_value", `${quoted(shared)} is not one of none, single_user, multi_user`, "shared");
    return "none";
  }
  return shared;
}

/** The reference's checks in its order, and those that keep a row identifiable. */
function checkStartJob(job: StartJob, json: JsonReader, bounds: TimeBounds): void {
  json.require(job.cluster !== "", "cluster");
  json.require(job.resources.length > 0, "resources");
  json.require(job.user !== "", "user");
  json.require(job.jobId !== 0n, "jobId");
  json.require(job.startTime !== 0, "startTime");
  if (job.jobId < 0n) {
    json.refuse("out_of_range", `${job.jobId} is less than 1`, "jobId");
  }
  atLeast(0, job.numAcc, "numAcc", json);
  atLeast(0, job.numHwthreads, "numHwthreads", json);
  atLeast(1, job.numNodes, "numNodes", json);
  if (job.resources.length !== job.numNodes) {
    json.refuse(
      "count_mismatch",
      `numNodes is ${job.numNodes}, but there are ${job.resources.length} resources`,
      "numNodes",
    );
  }
  const fault = judgeSeconds(job.startTime, bounds);
  if (fault !== undefined) {
    json.refuse(fault.code, fault.message, "startTime");
  }
}

function atLeast(least: number, value: number, key: keyof StartJob, json: JsonReader): void {
  if (value < least) {
    json.refuse("out_of_range", `${value} is less than ${least}`, key);
  }
}
