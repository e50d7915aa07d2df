import { diag } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from "@opentelemetry/sdk-trace";
import type { Environment } from "./export-wanted.js";

/** The sampler named by `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`; default `parentbased_always_on`. */
export function samplerFrom(env: Environment): Sampler {
  const name = env["OTEL_TRACES_SAMPLER"]?.trim() ?? "";
  switch (name) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratioFrom(env));
    case "":
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratioFrom(env)) });
    default:
      diag.warn(`OTEL_TRACES_SAMPLER: "${name}" is not supported; parentbased_always_on is used`);
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
}

function ratioFrom(env: Environment): number {
  const text = env["OTEL_TRACES_SAMPLER_ARG"]?.trim() ?? "";
  const ratio = Number(text);
  if (text !== "" && ratio >= 0 && ratio <= 1) return ratio;
  diag.warn("OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1; 1 is used");
  return 1;
}
