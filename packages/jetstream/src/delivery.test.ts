import { expect, test } from "vitest";
import { parseAckSubject } from "./delivery.js";

const told = {
  stream: "CC_JOB",
  sequence: 12_345,
  storedAt: 1_760_000_000_123_456_789n,
  deliveryCount: 3,
};

test.each([
  ["as older servers write it", "$JS.ACK.CC_JOB.ingest-jobs.3.12345.77.1760000000123456789.9"],
  ["with domain and account", "$JS.ACK._.AbCd.CC_JOB.ingest-jobs.3.12345.77.1760000000123456789.9"],
  ["with a last random token", "$JS.ACK.hub.AbCd.CC_JOB.ingest-jobs.3.12345.77.1760000000123456789.9.x1y2"],
])("the subject of an acknowledgement tells of its message: %s", (_, subject) => {
  expect(parseAckSubject(subject)).toEqual(told);
});
