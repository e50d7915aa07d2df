export type { ReceivedLink, ReceivedSpan } from "./decode-traces.js";
export type { ReceivedAttributes, ReceivedValue } from "./message.js";
export type { ReceivedMetric } from "./decode-metrics.js";
export { startOtlpReceiver, type OtlpReceiver } from "./start-otlp-receiver.js";
