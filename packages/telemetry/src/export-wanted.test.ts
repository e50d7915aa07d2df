import { describe, expect, it } from "vitest";
import { exportWanted, type Environment } from "./export-wanted.js";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

describe("traces are sent", () => {
  it.each<[string, Environment]>([
    ["with an endpoint", endpoint],
    ["with an endpoint for traces", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://c/v1/traces" }],
    ["with the exporter named", { ...endpoint, OTEL_TRACES_EXPORTER: "otlp" }],
    ["with the protocol named", { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }],
    ["with the SDK not disabled", { ...endpoint, OTEL_SDK_DISABLED: "false" }],
    ["with empty variables beside", { ...endpoint, OTEL_TRACES_EXPORTER: "", OTEL_SDK_DISABLED: "" }],
  ])("%s", (_, env) => {
    expect(exportWanted(env, "traces")).toEqual({ on: true });
  });
});

describe("traces are silently not sent", () => {
  it.each<[string, Environment]>([
    ["without an endpoint", {}],
    ["with an empty one", { OTEL_EXPORTER_OTLP_ENDPOINT: " " }],
    ["with the SDK disabled", { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }],
    ["with exporter none", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }],
  ])("%s", (_, env) => {
    expect(exportWanted(env, "traces")).toEqual({ on: false });
  });
});

describe("traces are not sent, and it says why", () => {
  it.each<[string, Environment, RegExp]>([
    ["another exporter", { ...endpoint, OTEL_TRACES_EXPORTER: "zipkin" }, /^OTEL_TRACES_EXPORTER: /],
    ["gRPC", { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /4318/],
    ["an address without scheme", { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /http:\/\/host:4318/],
  ])("with %s", (_, env, complaint) => {
    expect(exportWanted(env, "traces")).toEqual({ on: false, complaint: expect.stringMatching(complaint) });
  });

  it("and never shows credentials of the address", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "grpc://user:hunter2@collector" };
    expect(JSON.stringify(exportWanted(env, "traces"))).not.toContain("hunter2");
  });
});

describe("metrics", () => {
  it.each<[string, Environment, boolean]>([
    ["are sent with an endpoint", endpoint, true],
    ["are sent with an endpoint of their own", { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "https://c" }, true],
    ["are not sent without one", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://c" }, false],
    ["are not sent with exporter none", { ...endpoint, OTEL_METRICS_EXPORTER: "none" }, false],
    ["do not follow the exporter of traces", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }, true],
  ])("%s", (_, env, on) => {
    expect(exportWanted(env, "metrics")).toEqual({ on });
  });

  it("name their own variable", () => {
    const env = { ...endpoint, OTEL_METRICS_EXPORTER: "prometheus" };
    expect(exportWanted(env, "metrics")).toEqual({
      on: false,
      complaint: expect.stringMatching(/^OTEL_METRICS_EXPORTER: .*; metrics are not sent$/) as unknown,
    });
  });
});
