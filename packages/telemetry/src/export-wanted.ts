export type Environment = Readonly<Record<string, string | undefined>>;

export type Signal = "traces" | "metrics";

export type Wanted =
  | { readonly on: true }
  /** `complaint` is set when the environment asks for something that is not supported. */
  | { readonly on: false; readonly complaint?: string };

const given = (env: Environment, name: string): string | undefined => {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
};

/** Whether the standard `OTEL_*` variables ask for traces or metrics to be sent. Without an endpoint nothing is sent anywhere. */
export function exportWanted(env: Environment, signal: Signal): Wanted {
  const own = signal.toUpperCase();
  if (given(env, "OTEL_SDK_DISABLED")?.toLowerCase() === "true") return { on: false };
  const endpoint =
    given(env, `OTEL_EXPORTER_OTLP_${own}_ENDPOINT`) ?? given(env, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined) return { on: false };
  const exporters = (given(env, `OTEL_${own}_EXPORTER`) ?? "otlp").split(",").map((each) => each.trim());
  if (exporters.includes("none")) return { on: false };
  const off = (complaint: string): Wanted => ({
    on: false,
    complaint: `${complaint}; ${signal} are not sent`,
  });
  if (!exporters.includes("otlp")) return off(`OTEL_${own}_EXPORTER: only "otlp" and "none" are supported`);
  const protocol =
    given(env, `OTEL_EXPORTER_OTLP_${own}_PROTOCOL`) ??
    given(env, "OTEL_EXPORTER_OTLP_PROTOCOL") ??
    "http/protobuf";
  if (protocol !== "http/protobuf")
    return off('OTEL_EXPORTER_OTLP_PROTOCOL: only "http/protobuf" (usually port 4318) is supported');
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ""))
    return off("OTEL_EXPORTER_OTLP_ENDPOINT: write it as http://host:4318 or https://host:4318");
  return { on: true };
}
