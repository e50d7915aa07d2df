import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freePort } from "../free-port.js";
import type { Guard } from "../guard.js";
import { endPreviousRun } from "../previous-run.js";
import { SupervisedProcess } from "../supervised-process.js";
import type { NatsServerBinary } from "./find-nats-server.js";
import { isServing } from "./is-serving.js";
import { reloadConfig } from "./reload-config.js";
import { renderServerConfig } from "./server-config.js";
import type { NatsServer, NatsServerOptions } from "./start-nats-server.js";

const DEFAULT_PRODUCER_SUBJECTS = ["cc.job.event", "cc.job.event.>", "cc.node.state", "cc.node.state.>"];

/** Writes the configuration; nothing runs until `start`. */
export async function prepareNatsServer(
  options: NatsServerOptions,
  binary: NatsServerBinary,
  port: number,
  workDir: string,
  guard: Guard,
): Promise<{ readonly server: NatsServer; readonly start: () => Promise<void> }> {
  const storeDir = resolve(options.storeDir ?? join(workDir, "store"));
  const pidFile = join(storeDir, "nats-server.pid");
  const logFile = resolve(options.logFile ?? join(workDir, "nats-server.log"));
  const configFile = join(workDir, "nats-server.conf");
  const serverName = `cc-ingest-${randomBytes(6).toString("hex")}`;
  const producerPassword = options.producerPassword ?? randomBytes(16).toString("hex");
  const monitorPort = (await freePort()).port;
  const monitorUrl = `http://127.0.0.1:${monitorPort}`;
  const settings = {
    serverName,
    port,
    monitorPort,
    pidFile,
    storeDir,
    adminPassword: randomBytes(16).toString("hex"),
    producerPassword,
    producerSubjects: options.producerSubjects ?? DEFAULT_PRODUCER_SUBJECTS,
    syncAlways: options.syncAlways ?? options.storeDir !== undefined,
    version: binary.version,
    authorization: options.authorization,
  };
  const writeConfig = (extraConfig: string) =>
    writeFile(configFile, renderServerConfig({ ...settings, extraConfig }), { mode: 0o600 });
  await mkdir(storeDir, { recursive: true });
  await writeConfig(options.extraConfig ?? "");
  const child = new SupervisedProcess(
    {
      name: "nats-server",
      command: binary.path,
      args: ["--config", configFile],
      // By its working directory a later run tells this process from others.
      cwd: storeDir,
      env: process.env,
      logFile,
      stopSignal: "TERM",
      isReady: () => isServing(monitorUrl, serverName),
    },
    guard,
  );
  const start = async (): Promise<void> => {
    await endPreviousRun(pidFile, storeDir);
    await child.start();
  };
  const server: NatsServer = {
    name: serverName,
    url: `nats://127.0.0.1:${port}`,
    producerUrl: `nats://producer:${encodeURIComponent(producerPassword)}@127.0.0.1:${port}`,
    port,
    monitorUrl,
    storeDir,
    logFile,
    version: binary.version,
    get pid() {
      return child.pid;
    },
    get running() {
      return child.running;
    },
    stop: () => child.stop(),
    kill: (signal = "SIGKILL") => child.kill(signal),
    restart: async () => {
      await child.stop();
      await start();
    },
    reload: async (extraConfig) => {
      await writeConfig(extraConfig);
      await reloadConfig(monitorUrl, () => child.kill("SIGHUP"));
    },
    [Symbol.asyncDispose]: async () => {
      await child.stop();
      await guard.close();
    },
  };
  return { server, start };
}
