/** What the probes are told. Written by the start-up and the loop, read by the health server. */
export class ServiceState {
  /** What start-up waits for, or undefined once the loop runs. */
  waitingFor: string | undefined = "the configuration";
  brokerConnected = false;
  /** Why the broker does not let us in, when it says so. */
  brokerRefusal: string | undefined;
  /** Why the consumer can't be used, when it can't. */
  consumerProblem: string | undefined;
  /** Why the last batch could not be finished yet. */
  batchProblem: string | undefined;
  draining = false;
  #lastBeat = performance.now();

  beat(): void {
    this.#lastBeat = performance.now();
  }

  live(): string[] {
    const silent = performance.now() - this.#lastBeat;
    return silent > 60_000 ? [`the event loop has been blocked for ${Math.round(silent / 1000)} s`] : [];
  }

  ready(): string[] {
    const problems: string[] = [];
    if (this.waitingFor !== undefined) problems.push(`waiting for ${this.waitingFor}`);
    if (this.waitingFor === undefined && !this.brokerConnected) problems.push("the broker is not connected");
    if (this.brokerRefusal !== undefined) problems.push(this.brokerRefusal);
    if (this.consumerProblem !== undefined) problems.push(this.consumerProblem);
    if (this.batchProblem !== undefined) problems.push(this.batchProblem);
    if (this.draining) problems.push("shutting down");
    return problems;
  }
}
