import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { note } from "./report.ts";

export const SCRAPE_SECONDS = 15;
/** A week: half of what Prometheus keeps by default, and minutes to make. */
export const METRIC_DAYS = 7;

const HOUR = 3600;
/** The length of Prometheus' own blocks grows threefold: 2, 6, 18 hours. */
const BLOCK = 18 * HOUR;

/** One series: its name with its labels, and what it shows at the nth scrape. */
interface MetricSeries {
  readonly name: string;
  readonly valueAt: (scrape: number) => number;
}

/**
 * Blocks of a store in which replicas have been scraped for all the days up to `end`. `scraped`: what one replica of each service has
 * put out once; each series of it goes on, in each replica, counters and buckets at a rate of their own, gauges up and down.
 */
export async function fillMetricHistory(
  promtool: string,
  store: string,
  scraped: readonly string[],
  replicas: number,
  end: number,
): Promise<{ readonly series: number; readonly samples: number }> {
  const series = scraped.flatMap((text) =>
    Array.from({ length: replicas }, (_, replica) => seriesOf(text, replica)).flat(),
  );
  const directory = await mkdtemp(join(tmpdir(), "cc-ingest-metrics-"));
  let samples = 0;
  try {
    const begin = end - METRIC_DAYS * 24 * HOUR;
    for (let from = Math.floor(begin / BLOCK) * BLOCK; from < end; from += BLOCK) {
      const scrapes = { from: Math.max(0, from - begin), to: Math.min(from + BLOCK, end) - begin };
      const file = join(directory, "history.om");
      samples += await writeOpenMetrics(file, series, begin, scrapes);
      const command = ["tsdb", "create-blocks-from", "--quiet", "--max-block-duration=18h", "openmetrics"];
      await promisify(execFile)(promtool, [...command, file, store]);
      note(`metric history: ${new Date((begin + scrapes.to) * 1000).toISOString()}`);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  return { series: series.length, samples };
}

const SAMPLE = /^(\w+)\{(.*)\} (\S+)$/gm;

function seriesOf(text: string, replica: number): MetricSeries[] {
  const buckets = new Map<string, number>();
  return [...text.matchAll(SAMPLE)].map(([, name = "", labels = "", value], index) => {
    const full = `${name}{job="cc-ingest",instance="replica-${replica}:9464",${labels}}`;
    const rate = 1 + ((index * 7 + replica) % 13);
    if (!/_(total|count|sum|bucket)$/.test(name))
      return { name: full, valueAt: (scrape) => Number(value) + ((scrape + index) % rate) };
    // The further up a bucket, the faster it grows: each holds those below.
    const family = `${name} ${labels.replace(/,?le="[^"]*"/, "")}`;
    const height = (buckets.get(family) ?? 0) + 1;
    buckets.set(family, height);
    return { name: full, valueAt: (scrape) => scrape * rate * height };
  });
}

/** Of the scrapes from one time to before another one, both in seconds after the first of all; answers how many samples. */
async function writeOpenMetrics(
  file: string,
  series: readonly MetricSeries[],
  begin: number,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  const output = createWriteStream(file);
  let samples = 0;
  for (let time = Math.ceil(from / SCRAPE_SECONDS) * SCRAPE_SECONDS; time < to; time += SCRAPE_SECONDS) {
    let text = "";
    for (const { name, valueAt } of series)
      text += `${name} ${valueAt(time / SCRAPE_SECONDS)} ${begin + time}\n`;
    samples += series.length;
    if (!output.write(text)) await once(output, "drain");
  }
  output.end("# EOF\n");
  await once(output, "finish");
  return samples;
}
