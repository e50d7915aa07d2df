import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Database, readPool } from "@cc-ingest/database";
import { build } from "../build.js";
import type { ServiceState } from "../state.js";
import type { ServiceMetrics } from "./service-metrics.js";

const quantiles = ["0.5", "0.99", "1"] as const;
const NANOS = 1e9;

/** What a process has to say of itself before it has any work. */
export function watchProcess(metrics: ServiceMetrics, state: ServiceState): Disposable {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  metrics.watch("event_loop_delay_seconds", () => {
    // Empty right after a reset: nothing is known yet.
    const values = quantiles.map((quantile) => delays.percentile(Number(quantile) * 100) / NANOS);
    delays.reset();
    return quantiles.map((quantile, n) => [{ quantile }, values[n] ?? 0]);
  });
  metrics.watch("build_info", () => [[{ version: build, node: process.versions.node }, 1]]);
  metrics.watch("broker_connected", () => (state.brokerConnected ? 1 : 0));
  metrics.add("broker_reconnects", 0);
  return { [Symbol.dispose]: () => void delays.disable() };
}

export function watchPool(metrics: ServiceMetrics, db: Database): void {
  const pool = readPool(db);
  metrics.watch("database_pool_connections", () => {
    const { idle, total } = pool();
    return [
      [{ state: "idle" }, idle],
      [{ state: "used" }, total - idle],
    ];
  });
  metrics.watch("database_pool_max", () => pool().max);
  metrics.watch("database_pool_waiters", () => pool().waiting);
}
