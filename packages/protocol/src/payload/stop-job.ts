import { quoted } from "../excerpt.js";
import type { JsonReader } from "../json/json-reader.js";
import { keyTable } from "../json/key-table.js";
import { type JobState, isJobState, jobStates } from "./states.js";
import { type TimeBounds, judgeSeconds } from "./times.js";

/** The end of a job, as schedulers send it. */
export interface StopJob {
  readonly jobId: bigint;
  readonly cluster: string | undefined;
  /** Unix seconds; which run of the job is meant. */
  readonly startTime: number | undefined;
  /** Unix seconds. */
  readonly stopTime: number;
  /** `completed` when none was sent. `state` is read as an alias of this key. */
  readonly jobState: JobState;
}

export const stopJobKeys = keyTable("jobId", "cluster", "jobState", "startTime", "stopTime", "state");

/** Reads and checks a stop_job payload; what it returns counts only when `json.fault` is undefined afterwards. */
export function readStopJob(json: JsonReader, bounds: TimeBounds): StopJob {
  const { identifierBytes } = json.limits;
  let jobId = 0n;
  let cluster = "";
  let jobState = "";
  let state = "";
  let startTime = 0;
  let stopTime = 0;
  for (let key = json.firstKey(stopJobKeys); key !== undefined; key = json.nextKey(stopJobKeys)) {
    switch (key) {
      case "jobId":
        jobId = json.int64(jobId);
        break;
      case "cluster":
        cluster = json.text(cluster, identifierBytes);
        break;
      case "jobState":
        jobState = json.text(jobState, identifierBytes);
        break;
      case "state":
        state = json.text(state, identifierBytes);
        break;
      case "startTime":
        startTime = json.int64AsNumber(startTime);
        break;
      case "stopTime":
        stopTime = json.int64AsNumber(stopTime);
        break;
    }
  }
  json.require(jobId !== 0n, "jobId");
  if (jobId < 0n) {
    json.refuse("out_of_range", `${jobId} is less than 1`, "jobId");
  }
  json.require(stopTime !== 0, "stopTime");
  const named = checkState(jobState, "jobState", json);
  const alias = checkState(state, "state", json);
  const stop: StopJob = {
    jobId,
    cluster: cluster === "" ? undefined : cluster,
    startTime: startTime === 0 ? undefined : startTime,
    stopTime,
    jobState: named ?? alias ?? "completed",
  };
  checkTimes(stop, json, bounds);
  return stop;
}

/** Undefined when nothing was said. */
function checkState(state: string, key: "jobState" | "state", json: JsonReader): JobState | undefined {
  if (state !== "" && !isJobState(state)) {
    json.refuse("invalid_state", `${quoted(state)} is not one of ${jobStates.join(", ")}`, key);
    return undefined;
  }
  return state === "" ? undefined : state;
}

function checkTimes(stop: StopJob, json: JsonReader, bounds: TimeBounds): void {
  for (const key of ["startTime", "stopTime"] as const) {
    const seconds = stop[key];
    const fault = seconds === undefined ? undefined : judgeSeconds(seconds, bounds);
    if (fault !== undefined) {
      json.refuse(fault.code, fault.message, key);
    }
  }
  if (stop.startTime !== undefined && stop.stopTime < stop.startTime) {
    json.refuse(
      "stop_before_start",
      `stopTime ${stop.stopTime} is before startTime ${stop.startTime}`,
      "stopTime",
    );
  }
}
