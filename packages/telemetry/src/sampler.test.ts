import { expect, it } from "vitest";
import { samplerFrom } from "./sampler.js";

it.each([
  [undefined, "ParentBased{root=AlwaysOnSampler"],
  ["", "ParentBased{root=AlwaysOnSampler"],
  ["parentbased_always_on", "ParentBased{root=AlwaysOnSampler"],
  ["parentbased_always_off", "ParentBased{root=AlwaysOffSampler"],
  ["parentbased_traceidratio", "ParentBased{root=TraceIdRatioBased{0.25}"],
  ["always_on", "AlwaysOnSampler"],
  ["always_off", "AlwaysOffSampler"],
  ["traceidratio", "TraceIdRatioBased{0.25}"],
  ["jaeger_remote", "ParentBased{root=AlwaysOnSampler"],
])("OTEL_TRACES_SAMPLER=%s", (name, expected) => {
  const sampler = samplerFrom({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: "0.25" });
  expect(sampler.toString().startsWith(expected)).toBe(true);
});

it.each([undefined, "", "2", "-1", "much"])("samples everything with the ratio %s", (ratio) => {
  const env = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: ratio };
  expect(samplerFrom(env).toString()).toBe("TraceIdRatioBased{1}");
});
