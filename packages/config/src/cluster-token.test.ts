import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterReader, subjectToPublish } from "./cluster-token.js";
import { subjectsOverlap } from "./nats-subject.js";

describe("the cluster in a subject", () => {
  it.each([
    ["cc.job.event.*", "cc.job.event.fritz", "fritz"],
    ["cc.*.job.event", "cc.fritz.job.event", "fritz"],
    ["cc.job.event.*", "cc.job.event.Fritz-2_ä", "Fritz-2_ä"],
    ["cc.*.job.>", "cc.fritz.job.event", "fritz"],
    ["cc.*.job.>", "cc.fritz.job.event.more", "fritz"],
    ["cc.job.event.*", "cc.job.event", undefined],
    ["cc.job.event.*", "cc.job.event.fritz.more", undefined],
    ["cc.job.event.*", "cc.node.event.fritz", undefined],
    ["cc.*.job.event", "cc.fritz.job.events", undefined],
    ["cc.*.job.>", "cc.fritz.job", undefined],
  ])("of %s: %s names %s", (subscribed, subject, cluster) => {
    expect(clusterReader(subscribed)?.(subject)).toBe(cluster);
  });

  it.each(["cc.job.event", "cc.job.>", "cc.*.event.*", "cc.*.*.>"])("is nowhere in %s", (subscribed) => {
    expect(clusterReader(subscribed)).toBeUndefined();
  });
});

describe("the subject to publish to", () => {
  it.each([
    ["cc.job.event", undefined, "cc.job.event"],
    ["cc.job.event", "a.b", "cc.job.event"],
    ["cc.job.event.*", "fritz", "cc.job.event.fritz"],
    ["cc.*.job.event", "fritz", "cc.fritz.job.event"],
    ["cc.*.job.event", "$&", "cc.$&.job.event"],
  ])("of %s and the cluster %s is %s", (subscribed, cluster, value) => {
    expect(subjectToPublish(subscribed, cluster)).toEqual({ ok: true, value });
  });

  it.each([
    ["cc.job.event.*", undefined, "none is named"],
    ["cc.job.event.*", "a.b", "no token"],
    ["cc.job.event.*", "a b", "no token"],
    ["cc.job.event.*", "", "no token"],
    ["cc.job.event.*", "*", "no token"],
    ["cc.job.event.*", ">", "no token"],
    ["cc.job.event.*", "a\u0000", "no token"],
    ["cc.job.>", "fritz", "which one to publish to"],
    ["cc.*.job.>", "fritz", "which one to publish to"],
    ["cc.*.event.*", "fritz", "which one to publish to"],
  ])("is not known of %s and the cluster %j", (subscribed, cluster, why) => {
    expect(subjectToPublish(subscribed, cluster)).toEqual({
      ok: false,
      message: expect.stringContaining(why) as string,
    });
  });

  it("names the very cluster it was made for, and is one of those subscribed to", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("a.*", "a.*.b", "a.b.*.c"),
        (cluster, of) => {
          const made = subjectToPublish(of, cluster);
          if (!made.ok) return;
          expect(clusterReader(of)?.(made.value)).toBe(cluster);
          expect(subjectsOverlap(of, made.value)).toBe(true);
        },
      ),
    );
  });
});
