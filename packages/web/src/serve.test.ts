import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { startSite } from "./testing/site.js";

/** Sends this much of a request and then nothing: what comes back until the server closes. */
async function answerTo(url: string, sent: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(sent);
  return await text(socket);
}

// Node by itself looks only every 30 s: by then these would have failed.
const FAR_TOO_LONG_MS = 15_000;
const HEADERS = "HTTP/1.1\r\nHost: localhost\r\n";

test.each([
  ["half a line", "POST /wri", "408 Request Timeout"],
  ["half a header", `POST /write ${HEADERS}Content-`, "408 Request Timeout"],
  // The time for the answer runs as well, from a moment later.
  [
    "half a body",
    `POST /write ${HEADERS}Content-Length: 10\r\n\r\n12345`,
    "(408 Request|504 Gateway) Timeout",
  ],
  [
    "half a chunk",
    `POST /write ${HEADERS}Transfer-Encoding: chunked\r\n\r\nA\r\n12345`,
    "(408 Request|504 Gateway) Timeout",
  ],
  [
    "half a body that nobody waits for",
    `POST /nowhere ${HEADERS}Content-Length: 10\r\n\r\n12345`,
    "404 Not Found",
  ],
])(
  "who sends %s and no more is told, and loses the connection",
  async (_, sent, status) => {
    const { url } = await startSite({ requestTimeoutSeconds: 0.2 });
    expect(await answerTo(url, sent)).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
  },
  FAR_TOO_LONG_MS,
);
