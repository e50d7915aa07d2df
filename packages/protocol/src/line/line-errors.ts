import type { LineErrorCode } from "../codes.js";

/** What each code means and how to mend the line. */
export const lineErrorMessages: Readonly<Record<LineErrorCode, string>> = {
  missing_measurement:
    "a line starts with its measurement name; escape a comma or space in it with a backslash",
  invalid_comment: "a comment holds a control character; a tab counts as one",
  invalid_tag_key: "expected a tag as key=value after the comma, or one space before the fields",
  missing_tag_value: "a tag needs a value; leave the tag out instead of writing it empty",
  duplicate_tag: "a tag key occurs twice",
  invalid_field_key: "expected a field as key=value",
  missing_field_value: "expected a field value after '='",
  invalid_field_value: "a field value is a number, a boolean or a string in double quotes",
  invalid_number: "not a number: write 1.5, 1i (integer) or 1u (unsigned)",
  invalid_boolean: "not a boolean: write t, T, true, True, TRUE, f, F, false, False or FALSE",
  number_out_of_range: "the number leaves the range of its type (float64, int64 or uint64)",
  unterminated_string: "the string has no closing double quote",
  unexpected_character: "expected a comma, a space or the end of the line after a field value",
  invalid_timestamp: "a timestamp is a decimal integer",
  timestamp_out_of_range: "the timestamp in nanoseconds leaves the range of int64",
  text_after_timestamp: "the line goes on after its timestamp; put further points on lines of their own",
  invalid_utf8: "not valid UTF-8",
  message_too_large: "the input has more bytes than allowed",
  too_many_lines: "the input has more lines than allowed; the rest was not read",
  too_many_tags: "the line has more tags than allowed",
  too_many_fields: "the line has more fields than allowed",
};
