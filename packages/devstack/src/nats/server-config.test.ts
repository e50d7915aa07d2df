import { describe, expect, it } from "vitest";
import { renderServerConfig } from "./server-config.js";

const config = {
  serverName: "test",
  port: 4222,
  monitorPort: 8222,
  pidFile: "/tmp/pid",
  storeDir: "/tmp/store",
  adminPassword: "a",
  producerPassword: "p",
  producerSubjects: ["cc.job.event"],
  syncAlways: true,
  version: "2.15.0",
  authorization: undefined,
  extraConfig: "max_payload: 8MB",
};

describe("renderServerConfig", () => {
  it("asks for an fsync of each message where the server knows the setting", () => {
    expect(renderServerConfig(config)).toContain("sync_interval: always");
    expect(renderServerConfig({ ...config, version: "2.10.0" })).toContain("sync_interval: always");
  });

  it("leaves it out below 2.10, which would refuse to start", () => {
    expect(renderServerConfig({ ...config, version: "2.9.10" })).not.toContain("sync_interval");
  });

  it("lets in whom it is told to, and nobody without credentials", () => {
    const rendered = renderServerConfig({ ...config, authorization: "authorization { token: t }" });
    expect(rendered).toContain("authorization { token: t }");
    expect(rendered).not.toMatch(/no_auth_user|user: admin/);
  });

  it("ends with the caller's settings, which win", () => {
    expect(renderServerConfig(config).trimEnd()).toMatch(/max_payload: 8MB$/);
  });
});
