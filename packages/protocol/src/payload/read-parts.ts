import type { JsonReader } from "../json/json-reader.js";
import { keyTable } from "../json/key-table.js";
import type { ConcurrentJobs, JobStatistic, JobTag, Resource } from "./start-job.js";

export const resourceKeys = keyTable("hostname", "hwthreads", "accelerators", "configuration");
export const tagKeys = keyTable("type", "name", "scope", "id");
export const concurrentJobsKeys = keyTable("items", "count");
export const jobLinkKeys = keyTable("id", "jobId");
export const statisticKeys = keyTable("unit", "avg", "min", "max");
export const unitKeys = keyTable("base", "prefix");

/** All items of an array; empty for null. */
export function readList<T>(json: JsonReader, readItem: (json: JsonReader) => T): T[] {
  const items: T[] = [];
  for (let more = json.firstItem(); more; more = json.nextItem()) {
    items.push(readItem(json));
  }
  return items;
}

/** All entries of a map; undefined for null. An entry that is null is left out; the last of two equal keys wins. */
export function readMap<T>(
  json: JsonReader,
  readValue: (json: JsonReader) => T,
): Record<string, T> | undefined {
  if (json.skipNull()) {
    return undefined;
  }
  const map: Record<string, T> = {};
  for (let name = json.firstName(); name !== undefined; name = json.nextName()) {
    if (!json.skipNull()) {
      map[name] = readValue(json);
    }
  }
  return map;
}

export const readText = (json: JsonReader): string => json.text("");
export const readNumber = (json: JsonReader): number => json.number(0);

export function readResource(json: JsonReader): Resource {
  const { identifierBytes } = json.limits;
  let hostname = "";
  let hwthreads: readonly number[] | undefined;
  let accelerators: string[] | undefined;
  let configuration = "";
  for (let key = json.firstKey(resourceKeys); key !== undefined; key = json.nextKey(resourceKeys)) {
    switch (key) {
      case "hostname":
        hostname = json.text(hostname, identifierBytes);
        break;
      case "hwthreads":
        hwthreads = json.skipNull() ? undefined : json.integers();
        break;
      case "accelerators":
        accelerators = json.skipNull() ? undefined : readList(json, readText);
        break;
      case "configuration":
        configuration = json.text(configuration);
        break;
    }
  }
  json.require(hostname !== "", "hostname");
  const resource: { -readonly [K in keyof Resource]: Resource[K] } = { hostname };
  if (configuration !== "") {
    resource.configuration = configuration;
  }
  if (hwthreads !== undefined) {
    resource.hwthreads = hwthreads;
  }
  if (accelerators !== undefined) {
    resource.accelerators = accelerators;
  }
  return resource;
}

export function readTag(json: JsonReader): JobTag {
  const { identifierBytes } = json.limits;
  let type = "";
  let name = "";
  let scope = "";
  for (let key = json.firstKey(tagKeys); key !== undefined; key = json.nextKey(tagKeys)) {
    switch (key) {
      case "type":
        type = json.text(type, identifierBytes);
        break;
      case "name":
        name = json.text(name, identifierBytes);
        break;
      case "scope":
        scope = json.text(scope, identifierBytes);
        break;
      case "id":
        json.int64(0n);
        break;
    }
  }
  json.require(type !== "", "type");
  json.require(name !== "", "name");
  return { type, name, scope: scope === "" ? "global" : scope };
}

export function readConcurrentJobs(json: JsonReader): ConcurrentJobs | undefined {
  if (json.skipNull()) {
    return undefined;
  }
  let items: ConcurrentJobs["items"] = [];
  let count = 0;
  for (
    let key = json.firstKey(concurrentJobsKeys);
    key !== undefined;
    key = json.nextKey(concurrentJobsKeys)
  ) {
    switch (key) {
      case "items":
        items = readList(json, readJobLink);
        break;
      case "count":
        count = json.int32(count);
        break;
    }
  }
  return { items, count };
}

function readJobLink(json: JsonReader): ConcurrentJobs["items"][number] {
  let id = 0n;
  let jobId = 0n;
  for (let key = json.firstKey(jobLinkKeys); key !== undefined; key = json.nextKey(jobLinkKeys)) {
    switch (key) {
      case "id":
        id = json.int64(id);
        break;
      case "jobId":
        jobId = json.int64(jobId);
        break;
    }
  }
  return { id, jobId };
}

export function readStatistic(json: JsonReader): JobStatistic {
  let unit: JobStatistic["unit"] = { base: "", prefix: "" };
  let avg = 0;
  let min = 0;
  let max = 0;
  for (let key = json.firstKey(statisticKeys); key !== undefined; key = json.nextKey(statisticKeys)) {
    switch (key) {
      case "unit":
        unit = readUnit(json, unit);
        break;
      case "avg":
        avg = json.number(avg);
        break;
      case "min":
        min = json.number(min);
        break;
      case "max":
        max = json.number(max);
        break;
    }
  }
  return { unit, avg, min, max };
}

function readUnit(json: JsonReader, current: JobStatistic["unit"]): JobStatistic["unit"] {
  if (json.skipNull()) {
    return current;
  }
  let base = "";
  let prefix = "";
  for (let key = json.firstKey(unitKeys); key !== undefined; key = json.nextKey(unitKeys)) {
    switch (key) {
      case "base":
        base = json.text(base);
        break;
      case "prefix":
        prefix = json.text(prefix);
        break;
    }
  }
  return { base, prefix };
}
