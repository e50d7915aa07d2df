import { NatsConnectionImpl } from "@nats-io/nats-core/internal";
import type { NatsConnection } from "@nats-io/transport-node";

const CRLF = "\r\n";
/** A UTF-16 code unit takes three bytes at most in UTF-8. */
const BYTES_PER_UNIT = 3;

/**
 * Many small messages written as one piece. The client's `publish` makes three buffers and as many copies of each message, which
 * for a batch's acknowledgements costs more than anything else about it. Source: the client protocol of NATS, PUB and HPUB.
 */
export class Burst {
  #buffer: Buffer;
  #end = 0;

  constructor(expectedBytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(expectedBytes);
  }

  /** `subject` must be without white space. */
  add(subject: string, text: string): void {
    this.#write(`PUB ${subject} ${Buffer.byteLength(text)}${CRLF}${text}${CRLF}`);
  }

  /** The same with where the answer goes, and with headers: lines of `Name: value`, each with its line break. */
  addWithHeaders(subject: string, reply: string, headers: string, text: string): void {
    const head = `NATS/1.0${CRLF}${headers}${CRLF}`;
    const size = Buffer.byteLength(head);
    const whole = size + Buffer.byteLength(text);
    this.#write(`HPUB ${subject} ${reply} ${size} ${whole}${CRLF}${head}${text}${CRLF}`);
  }

  /** Hands it to the connection, which sends it as soon as it can, in the order of all it was given. */
  send(nats: NatsConnection): void {
    if (this.#end === 0) return;
    if (!(nats instanceof NatsConnectionImpl)) throw new TypeError("not a connection of @nats-io/nats-core");
    if (nats.isClosed()) throw new Error("the connection to the broker is closed");
    nats.protocol.sendCommand(this.#buffer.subarray(0, this.#end));
  }

  #write(text: string): void {
    const needed = this.#end + text.length * BYTES_PER_UNIT;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#end);
      this.#buffer = larger;
    }
    this.#end += this.#buffer.write(text, this.#end);
  }
}
