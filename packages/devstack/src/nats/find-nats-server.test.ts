import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { serveHttp } from "../testing/http-server.js";
import { writeProgram } from "../testing/program.js";
import { useTempDirectory } from "../vitest/temp-directory.js";
import { findNatsServer, type NatsServerBinary } from "./find-nats-server.js";
import { PINNED_VERSION } from "./pinned-release.js";

const directory = useTempDirectory();
let places = 0;

/** A machine that has nothing: each test adds the one way it is about. */
interface Machine {
  readonly bin: string;
  readonly cacheDir: string;
  readonly messages: string[];
  readonly env: NodeJS.ProcessEnv;
}

async function bareMachine(env: NodeJS.ProcessEnv = {}): Promise<Machine> {
  places += 1;
  const bin = join(directory(), `bin-${places}`);
  await mkdir(bin);
  const nobody = "http://127.0.0.1:1";
  return {
    bin,
    cacheDir: join(directory(), `cache-${places}`),
    messages: [],
    env: { PATH: bin, CC_INGEST_NATS_RELEASES: nobody, CC_INGEST_DEBIAN_MIRROR: nobody, ...env },
  };
}

function find({ env, cacheDir, messages }: Machine): Promise<NatsServerBinary> {
  return findNatsServer({ env, cacheDir, onProgress: (message) => messages.push(message) });
}

describe("findNatsServer", () => {
  it("takes the one NATS_SERVER names", async () => {
    const { path, version } = inject("devstackNatsServer");
    const machine = await bareMachine({ NATS_SERVER: path });
    expect(await find(machine)).toEqual({ path, version, source: "environment" });
  });

  it("refuses a NATS_SERVER that is none, instead of taking another", async () => {
    const machine = await bareMachine({ NATS_SERVER: "/no/such/file" });
    await symlink(inject("devstackNatsServer").path, join(machine.bin, "nats-server"));
    await expect(find(machine)).rejects.toThrow(/NATS_SERVER names \/no\/such\/file, which is not/);
  });

  it("takes the one in PATH", async () => {
    const machine = await bareMachine();
    const path = join(machine.bin, "nats-server");
    await symlink(inject("devstackNatsServer").path, path);
    expect(await find(machine)).toMatchObject({ path, source: "path" });
  });

  it("warns when the one in PATH is older than recommended", async () => {
    const machine = await bareMachine();
    await writeProgram(machine.bin, "nats-server", "echo 'nats-server: v2.9.10'");
    expect(await find(machine)).toMatchObject({ version: "2.9.10", source: "path" });
    expect(machine.messages).toEqual([expect.stringMatching(/^Warning: .* is version 2\.9\.10; 2\.12\.6/)]);
  });

  it("takes the one in its cache without asking anybody", async () => {
    const machine = await bareMachine();
    const home = join(machine.cacheDir, "nats-server", PINNED_VERSION);
    await mkdir(home, { recursive: true });
    await symlink(inject("devstackNatsServer").path, join(home, "nats-server"));
    expect(await find(machine)).toMatchObject({ path: join(home, "nats-server"), source: "cache" });
    expect(machine.messages).toEqual([]);
  });

  it("has Go build the pinned version, once, and finds it in the cache from then on", async () => {
    const machine = await bareMachine();
    const log = join(machine.bin, "log");
    const real = inject("devstackNatsServer").path;
    await writeProgram(machine.bin, "go", `echo "$@" >> ${log}; /bin/ln -s ${real} "$GOBIN/nats-server"`);
    const built = await find(machine);
    expect(built).toMatchObject({ source: "go" });
    expect(await find(machine)).toEqual({ ...built, source: "cache" });
    expect(await readFile(log, "utf8")).toMatch(
      new RegExp(`^install .*github\\.com/nats-io/nats-server/v2@v${PINNED_VERSION}\n$`),
    );
  });

  it("refuses a release with another checksum and goes on", async () => {
    await using host = await serveHttp((_, response) => response.end("not what was released"));
    const machine = await bareMachine({ CC_INGEST_NATS_RELEASES: host.url });
    await expect(find(machine)).rejects.toThrow(
      /GitHub: .* has the checksum [0-9a-f]{64} instead of [0-9a-f]{64}/,
    );
  });

  it("gives a release host that does not answer three seconds", async () => {
    await using host = await serveHttp(() => {});
    const machine = await bareMachine({ CC_INGEST_NATS_RELEASES: host.url });
    await expect(find(machine)).rejects.toThrow(/GitHub: no answer in 3 s/);
  });

  it("tells in one line what was tried and what to install", async () => {
    await using host = await serveHttp((_, response) => response.writeHead(404).end());
    const machine = await bareMachine({
      CC_INGEST_NATS_RELEASES: host.url,
      CC_INGEST_DEBIAN_MIRROR: host.url,
    });
    await expect(find(machine)).rejects.toMatchObject({
      code: "nats_server_not_found",
      message:
        "No nats-server found or fetched (GitHub: HTTP status 404. Go: no go in PATH. " +
        "Debian: HTTP status 404; no apt-get in PATH). Install nats-server 2.12.6 or newer, " +
        "from https://nats.io/download or your distribution, into PATH, or name it in NATS_SERVER.",
    });
  });
});
