import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startGuard } from "../guard.js";
import { SupervisedProcess } from "../supervised-process.js";
import { withPort } from "../with-port.js";
import { makeWorkDirectory } from "../work-directory.js";
import { findPrometheus, type PrometheusBinaries } from "./find-prometheus.js";

export interface PrometheusOptions {
  /** Its configuration file, as YAML (or JSON, which is YAML). */
  readonly config: string;
  readonly binaries?: PrometheusBinaries;
  /** Puts blocks into its store, a directory, before it starts. */
  readonly fill?: (store: string) => Promise<void>;
}

export interface Prometheus extends AsyncDisposable {
  readonly url: string;
}

/** Starts a Prometheus on 127.0.0.1 with a store of its own, which is removed at the end; it serves when this returns. */
export async function startPrometheus({ config, binaries, fill }: PrometheusOptions): Promise<Prometheus> {
  const { prometheus } = binaries ?? (await findPrometheus());
  const workDir = await makeWorkDirectory("prometheus");
  const guard = startGuard(workDir);
  const [configFile, store] = [join(workDir, "prometheus.yml"), join(workDir, "store")];
  try {
    await mkdir(store);
    await fill?.(store);
    await writeFile(configFile, config, { mode: 0o600 });
    return await withPort(undefined, async (port) => {
      const url = `http://127.0.0.1:${port}`;
      const child = new SupervisedProcess(
        {
          name: "prometheus",
          command: prometheus,
          args: [
            `--config.file=${configFile}`,
            `--storage.tsdb.path=${store}`,
            `--web.listen-address=127.0.0.1:${port}`,
          ],
          cwd: workDir,
          env: process.env,
          logFile: join(workDir, "prometheus.log"),
          stopSignal: "TERM",
          isReady: () => isServing(url, store),
        },
        guard,
      );
      await child.start();
      return {
        url,
        async [Symbol.asyncDispose]() {
          await child.stop();
          await guard.close();
        },
      };
    });
  } catch (error) {
    await guard.close();
    throw error;
  }
}

/** By its store, since another one may have taken the port between choosing and starting. */
async function isServing(url: string, store: string): Promise<boolean> {
  try {
    const ready = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) });
    const flags = await fetch(`${url}/api/v1/status/flags`, { signal: AbortSignal.timeout(2_000) });
    const { data } = (await flags.json()) as { data: Readonly<Record<string, string>> };
    return ready.ok && data["storage.tsdb.path"] === store;
  } catch {
    return false;
  }
}
