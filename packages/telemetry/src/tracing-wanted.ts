export type Environment = Readonly<Record<string, string | undefined>>;

export type Tracing =
  | { readonly on: true }
  /** `complaint` is set when the environment asks for something that is not supported. */
  | { readonly on: false; readonly complaint?: string };

const given = (env: Environment, name: string): string | undefined => {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
};

/** Whether the standard `OTEL_*` variables ask for traces. Without an endpoint nothing is sent anywhere. */
export function tracingWanted(env: Environment): Tracing {
  if (given(env, "OTEL_SDK_DISABLED")?.toLowerCase() === "true") return { on: false };
  const endpoint =
    given(env, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? given(env, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined) return { on: false };
  const exporters = (given(env, "OTEL_TRACES_EXPORTER") ?? "otlp").split(",").map((each) => each.trim());
  if (exporters.includes("none")) return { on: false };
  if (!exporters.includes("otlp"))
    return {
      on: false,
      complaint: `OTEL_TRACES_EXPORTER: only "otlp" and "none" are supported; tracing is off`,
    };
  const protocol =
    given(env, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ??
    given(env, "OTEL_EXPORTER_OTLP_PROTOCOL") ??
    "http/protobuf";
  if (protocol !== "http/protobuf")
    return {
      on: false,
      complaint: `OTEL_EXPORTER_OTLP_PROTOCOL: only "http/protobuf" (usually port 4318) is supported; tracing is off`,
    };
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ""))
    return {
      on: false,
      complaint:
        "OTEL_EXPORTER_OTLP_ENDPOINT: write it as http://host:4318 or https://host:4318; tracing is off",
    };
  return { on: true };
}
