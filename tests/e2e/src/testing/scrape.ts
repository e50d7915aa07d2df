import type { ServiceProcess } from "@cc-ingest/devstack";
import { expect } from "vitest";

/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scrape {
  readonly samples: readonly Sample[];
  /** Of the series with at least these labels; they must come to just one. */
  readonly of: (name: string, labels?: Readonly<Record<string, string>>) => number;
}

/** Asks a service for its metrics. Throws on a line that is not of the text format. */
export async function scrape(service: ServiceProcess): Promise<Scrape> {
  const { status, body } = await service.get("/metrics");
  expect(status).toBe(200);
  const samples = body
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(sampleOf);
  return {
    samples,
    of(name, labels = {}) {
      const found = samples.filter(
        (each) =>
          each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
      );
      if (found.length !== 1) throw new Error(`${found.length} series ${name} ${JSON.stringify(labels)}`);
      return found[0]?.value ?? Number.NaN;
    },
  };
}

function sampleOf(line: string): Sample {
  const [, name = "", labels = "", value = ""] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? fail(line);
  return {
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]),
    ) as Record<string, string>,
    value: Number(value),
  };
}

function fail(line: string): never {
  throw new Error(`not a line of Prometheus' text format: ${line}`);
}
