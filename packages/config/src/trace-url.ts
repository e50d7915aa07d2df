import { type SettingType, textType, accept, quote, refuse } from "./setting-type.js";

const ANY_TRACE = "0af7651916cd43dd8448eb211c80319c";

/** The address of a trace in whatever shows traces, with `{traceId}` in the place of its id. */
export const traceUrl: SettingType<string> = textType(
  "URL with {traceId}",
  { pattern: "^https?://.*\\{traceId\\}" },
  (text) => {
    const url = URL.parse(text.replaceAll("{traceId}", ANY_TRACE));
    const fits = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
    return fits && text.includes("{traceId}")
      ? accept(text)
      : refuse(`must be an http or https URL with {traceId} in it, but is ${quote(text)}`);
  },
);
