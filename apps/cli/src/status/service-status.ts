import { messageOf } from "../shared/cli-error.js";
import type { ServiceStatus } from "./status.js";

const TIMEOUT_MS = 2_000;

/** Asks `<url>/readyz`. */
export async function readService(name: string, url: string): Promise<ServiceStatus> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const problems = problemsIn(await response.text());
    if (response.ok) return { name, url, ready: true, problems };
    return {
      name,
      url,
      ready: false,
      problems: problems.length > 0 ? problems : [`status ${response.status}`],
    };
  } catch (error) {
    const reason =
      error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    return { name, url, ready: false, problems: [`does not answer: ${reason}`] };
  }
}

function problemsIn(body: string): string[] {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== "object" || answer === null || !("problems" in answer)) return [];
    return Array.isArray(answer.problems) ? answer.problems.map(String) : [];
  } catch {
    return [];
  }
}
