import { describe, expect, it } from "vitest";
import { tracingWanted, type Environment } from "./tracing-wanted.js";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

describe("tracing is on", () => {
  it.each<[string, Environment]>([
    ["with an endpoint", endpoint],
    ["with an endpoint for traces", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://c/v1/traces" }],
    ["with the exporter named", { ...endpoint, OTEL_TRACES_EXPORTER: "otlp" }],
    ["with the protocol named", { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }],
    ["with the SDK not disabled", { ...endpoint, OTEL_SDK_DISABLED: "false" }],
    ["with empty variables beside", { ...endpoint, OTEL_TRACES_EXPORTER: "", OTEL_SDK_DISABLED: "" }],
  ])("%s", (_, env) => {
    expect(tracingWanted(env)).toEqual({ on: true });
  });
});

describe("tracing is silently off", () => {
  it.each<[string, Environment]>([
    ["without an endpoint", {}],
    ["with an empty one", { OTEL_EXPORTER_OTLP_ENDPOINT: " " }],
    ["with the SDK disabled", { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }],
    ["with exporter none", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }],
  ])("%s", (_, env) => {
    expect(tracingWanted(env)).toEqual({ on: false });
  });
});

describe("tracing is off, and says why", () => {
  it.each<[string, Environment, RegExp]>([
    ["another exporter", { ...endpoint, OTEL_TRACES_EXPORTER: "zipkin" }, /^OTEL_TRACES_EXPORTER: /],
    ["gRPC", { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /4318/],
    ["an address without scheme", { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /http:\/\/host:4318/],
  ])("with %s", (_, env, complaint) => {
    expect(tracingWanted(env)).toEqual({ on: false, complaint: expect.stringMatching(complaint) });
  });

  it("and never shows credentials of the address", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "grpc://user:hunter2@collector" };
    expect(JSON.stringify(tracingWanted(env))).not.toContain("hunter2");
  });
});
