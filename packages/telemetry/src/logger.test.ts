import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLogger, type LoggerSettings } from "./logger.js";
import { sanitizeLogLine, sanitizeTerminalLine } from "./sanitize-log-line.js";

function capture(settings: Partial<LoggerSettings> = {}): {
  logger: ReturnType<typeof createLogger>;
  lines: string[];
} {
  const lines: string[] = [];
  const logger = createLogger({
    service: "ingest-jobs",
    env: {},
    pretty: false,
    destination: { write: (line) => lines.push(line) },
    ...settings,
  });
  return { logger, lines };
}
const parsed = (lines: readonly string[]): unknown[] => lines.map((line): unknown => JSON.parse(line));

describe("a log line", () => {
  it("is one JSON object with level, time, service and message", () => {
    const { logger, lines } = capture();
    logger.info({ stream: "CC_JOB", sequence: 7 }, "line rejected");
    expect(lines[0]).toMatch(/\}\n$/);
    expect(parsed(lines)).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: "ingest-jobs",
        stream: "CC_JOB",
        sequence: 7,
        msg: "line rejected",
      },
    ]);
  });

  it("stays one line whatever a message from outside holds", () => {
    const { logger, lines } = capture();
    const evil = "a\nb\r\u001b[2J\u0000\u009b\u2028\u202e";
    logger.warn({ evil }, evil);
    expect(lines).toHaveLength(1);
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(parsed(lines)).toMatchObject([{ evil, msg: evil }]);
  });

  it("hides secrets by key, down to the third level", () => {
    const { logger, lines } = capture();
    logger.info({ password: "p1", nats: { password: "p2", token: "p3" }, config: { nats: { seed: "p4" } } });
    expect(lines.join("")).not.toMatch(/p[1-4]/);
    expect(parsed(lines)).toMatchObject([{ password: "***", config: { nats: { seed: "***" } } }]);
  });

  it("hides the password of any URL, in messages, errors and child bindings", () => {
    const { logger, lines } = capture();
    const url = "postgres://writer:hunter2@db:5432/cc";
    logger.error({ err: new Error(`cannot connect to ${url}`), url }, `lost ${url}, retrying`);
    logger.child({ url }).info("again");
    expect(lines.join("")).not.toContain("hunter2");
    expect(parsed(lines)).toMatchObject([{ url: "postgres://writer:***@db:5432/cc" }, {}]);
  });

  it("leaves an address without password as it is", () => {
    const { logger, lines } = capture();
    const msg = "see https://example.org:8080/a@b and nats://host:4222, or mail me@example.org";
    logger.info(msg);
    expect(parsed(lines)).toMatchObject([{ msg }]);
  });
});

describe("standard output", () => {
  const firstLine = (isTerminal: boolean): string => {
    const { isTTY } = process.stdout;
    onTestFinished(() => void (process.stdout.isTTY = isTTY));
    process.stdout.isTTY = isTerminal;
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    createLogger({ service: "ingest-jobs", env: {}, destination }).warn({ sequence: 7 }, "line rejected");
    return lines.join("");
  };

  it("that is a terminal gets lines to read", () => {
    // oxlint-disable-next-line no-control-regex -- the printer's own colours
    const plain = firstLine(true).replace(/\u001b\[\d+m/g, "");
    expect(plain).toMatch(/^\[\d\d:\d\d:\d\d\.\d+\] WARN: line rejected \{"sequence":7\}\n$/);
  });

  it("that is none gets JSON", () => {
    expect(JSON.parse(firstLine(false))).toMatchObject({ level: "warn", sequence: 7, msg: "line rejected" });
  });
});

describe("LOG_LEVEL", () => {
  it("sets the level", () => {
    const { logger, lines } = capture({ env: { LOG_LEVEL: " WARN " } });
    logger.info("not this");
    logger.warn("this");
    expect(parsed(lines)).toMatchObject([{ msg: "this" }]);
  });

  it("that is none is reported, and info is used", () => {
    const { logger, lines } = capture({ env: { LOG_LEVEL: "loud" } });
    logger.debug("not this");
    logger.info("this");
    expect(parsed(lines)).toMatchObject([
      { level: "warn", msg: /LOG_LEVEL must be one of/ },
      { msg: "this" },
    ]);
  });
});

describe("sanitizing", () => {
  it("changes no value that holds no URL", () => {
    const text = fc.string({ unit: "binary" }).filter((each) => !each.includes("://"));
    fc.assert(
      fc.property(fc.dictionary(text, text), (value) => {
        expect(JSON.parse(sanitizeLogLine(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });

  it("leaves a terminal no control character but tab and newline", () => {
    const unit = fc.constantFrom(
      "\u001b",
      "\\",
      "\u009b",
      "\b",
      "\r",
      "\n",
      "u001b",
      "\u202e",
      "x",
      "\u0000",
      '"',
    );
    fc.assert(
      fc.property(fc.string({ unit }), (value) => {
        const printed = JSON.parse(sanitizeTerminalLine(JSON.stringify({ value }))) as { value: string };
        // oxlint-disable-next-line no-control-regex -- that is the point
        expect(printed.value).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      }),
      { numRuns: 1000 },
    );
  });

  it("reaches what pino-pretty prints", () => {
    const { logger, lines } = capture({ pretty: true });
    logger.info({ host: "n1\u001b[2J", url: "nats://u:hunter2@h" }, "bad \u001b]0;title\u0007 \u009b2J text");
    const printed = lines.join("");
    // The printer's own colours are "\u001b[<number>m".
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(printed.replace(/\u001b\[\d+m/g, "")).not.toMatch(/[\u001b\u0007\u009b]/);
    expect(printed).toContain("bad \\u001b]0;title\\u0007");
    expect(printed).not.toContain("hunter2");
  });
});
