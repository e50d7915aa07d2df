import type { ServiceProcess } from "@cc-ingest/devstack";
import { expect, vi } from "vitest";
import { until } from "../until.ts";

/** Waits until it takes no messages, and says why. */
export async function expectUnready(service: ServiceProcess, why: string): Promise<void> {
  await vi.waitFor(async () => {
    const { status, body } = await service.get("/readyz");
    expect(body).toContain(why);
    expect(status).toBe(503);
  }, until);
}
