/** Narrows to the services that are chosen. */
const CHOSEN = 'service=~"$service"';

/** All replicas report the same of their consumer, stream and tables: of these, one value for each service. */
export function shared(metric: string, by = ""): string {
  return `max by (service${by}) (${metric}{${CHOSEN}})`;
}

/** The smallest of the replicas. */
export function least(metric: string): string {
  return `min by (service) (${metric}{${CHOSEN}})`;
}

/** What the replicas do together per second. */
export function perSecond(counter: string, by = "", having = ""): string {
  return `sum by (service${by}) (rate(${counter}{${CHOSEN}${having}}[$__rate_interval]))`;
}

/**
 * How often within what is shown, rounded: `increase` estimates. It knows nothing of what a process had counted before it was first
 * looked at, as right after its start; that is added for those that began within what is shown.
 */
export function inRange(counter: string): string {
  const [series, shown] = [`${counter}{${CHOSEN}}`, "[$__range]"];
  const first = `min_over_time(${series}${shown})`;
  const before = `(${first} unless ${series} offset $__range) or 0 * ${first}`;
  return `round(sum by (service) (increase(${series}${shown}) + (${before})))`;
}

/** A quantile of a histogram; 0 for a service that had nothing to measure. */
export function quantile(of: number, histogram: string): string {
  const buckets = `sum by (service, le) (rate(${histogram}_bucket{${CHOSEN}}[$__rate_interval]))`;
  return `(histogram_quantile(${of}, ${buckets}) > 0) or ${zero()}`;
}

/** 0 for each service that runs. */
export function zero(): string {
  return `0 * ${shared("ingest_build_info")}`;
}
