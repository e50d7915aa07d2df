export type { ReceivedAttributes, ReceivedLink, ReceivedSpan, ReceivedValue } from "./decode-traces.js";
export { startOtlpReceiver, type OtlpReceiver } from "./start-otlp-receiver.js";
