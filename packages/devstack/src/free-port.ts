import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { codeOf, DevstackError } from "./errors.js";

/*
 * Below every system's ephemeral range: a server that is down for a moment between kill and restart must find
 * its port again, and an outgoing connection of some other process may sit on any ephemeral port.
 */
const LOWEST = 15_000;
const HIGHEST = 30_000;

/**
 * A TCP port that is free on 127.0.0.1 and on ::1: `preferred` when it is, else another one.
 * `taken` says that the preferred port was in use.
 */
export async function freePort(preferred?: number): Promise<{ port: number; taken: boolean }> {
  if (preferred !== undefined && (await isFree(preferred))) {
    return { port: preferred, taken: false };
  }
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) {
      return { port, taken: preferred !== undefined };
    }
  }
  throw new DevstackError("port_in_use", `No free TCP port between ${LOWEST} and ${HIGHEST} on 127.0.0.1.`);
}

async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => {
      // A machine without IPv6 has nothing listening on ::1 either.
      const noSuchAddress = codeOf(error) === "EADDRNOTAVAIL" || codeOf(error) === "EAFNOSUPPORT";
      resolve(host === "::1" && noSuchAddress);
    });
    probe.listen({ port, host, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
