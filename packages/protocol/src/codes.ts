/** Why a line is not line protocol, or exceeds a limit. */
export const lineErrorCodes = [
  "missing_measurement",
  "invalid_comment",
  "invalid_tag_key",
  "missing_tag_value",
  "duplicate_tag",
  "invalid_field_key",
  "missing_field_value",
  "invalid_field_value",
  "invalid_number",
  "invalid_boolean",
  "number_out_of_range",
  "unterminated_string",
  "unexpected_character",
  "invalid_timestamp",
  "timestamp_out_of_range",
  "text_after_timestamp",
  "invalid_utf8",
  "message_too_large",
  "too_many_lines",
  "too_many_tags",
  "too_many_fields",
] as const;

/** Why a point cannot be written so that the decoder would read the same point back. */
export const encodeErrorCodes = [
  "invalid_measurement",
  "invalid_tag_key",
  "invalid_tag_value",
  "duplicate_tag",
  "invalid_field_key",
  "invalid_field_value",
  "missing_field",
  "number_out_of_range",
  "timestamp_out_of_range",
  "invalid_message",
] as const;

/** Why a line of a message is refused: every line-protocol code, then the codes of events and payloads. */
export const rejectCodes = [
  ...lineErrorCodes,
  "unsupported_measurement",
  "missing_function",
  "unknown_function",
  "missing_event",
  "event_not_string",
  "json_syntax",
  "json_too_deep",
  "nul_character",
  "lone_surrogate",
  "forbidden_key",
  "unknown_key",
  "wrong_type",
  "missing_key",
  "out_of_range",
  "invalid_value",
  "invalid_state",
  "count_mismatch",
  "too_many_items",
  "string_too_long",
  "stop_before_start",
  "absurd_time",
  "looks_like_seconds",
  "looks_like_milliseconds",
  "looks_like_microseconds",
  "looks_like_nanoseconds",
] as const;

export type LineErrorCode = (typeof lineErrorCodes)[number];
export type EncodeErrorCode = (typeof encodeErrorCodes)[number];
export type RejectCode = (typeof rejectCodes)[number];
