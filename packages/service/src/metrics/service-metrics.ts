import type { Attributes, Counter, Histogram, Meter, Observable } from "@opentelemetry/api";
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Labels,
  counters,
  gauges,
  histograms,
} from "./instruments.js";

/** What a gauge reads: a value, or one for each of several labels; undefined while nobody knows. */
export type Reading = number | undefined | readonly (readonly [Labels, number])[];

interface Instruments {
  readonly meter: Meter;
  /** Made when they are first added to: one that somebody else keeps is another kind of instrument. */
  readonly counters: Map<CounterName, Counter>;
  readonly histograms: Readonly<Record<HistogramName, Histogram>>;
}

/** The metrics of one service, each with its labels. Instruments that nobody uses yet are not shown. */
export class ServiceMetrics {
  readonly #instruments: Instruments;
  readonly #labels: Labels;

  private constructor(instruments: Instruments, labels: Labels) {
    this.#instruments = instruments;
    this.#labels = labels;
  }

  static on(meter: Meter, service: string): ServiceMetrics {
    return new ServiceMetrics(instrumentsOf(meter), { service });
  }

  /** The same metrics, with further labels. */
  with(labels: Labels): ServiceMetrics {
    return new ServiceMetrics(this.#instruments, { ...this.#labels, ...labels });
  }

  /** An amount of 0 makes the series known. */
  add(name: CounterName, amount: number, labels?: Labels): void {
    const { meter, counters: made } = this.#instruments;
    let counter = made.get(name);
    if (counter === undefined) {
      counter = meter.createCounter(`ingest_${name}`, { description: counters[name] });
      made.set(name, counter);
    }
    counter.add(amount, { ...this.#labels, ...labels });
  }

  record(name: HistogramName, values: Iterable<number>): void {
    const histogram = this.#instruments.histograms[name];
    for (const value of values) histogram.record(value, this.#labels);
  }

  /** Like `watch`, of a total that somebody else keeps. */
  watchTotal(name: CounterName, read: () => Reading): void {
    const { meter } = this.#instruments;
    this.#observe(meter.createObservableCounter(`ingest_${name}`, { description: counters[name] }), read);
  }

  /** Reads the gauge by `read` from now on, whenever somebody looks. */
  watch(name: GaugeName, read: () => Reading): void {
    const gauge = this.#instruments.meter.createObservableGauge(`ingest_${name}`, {
      description: gauges[name],
      ...(name.endsWith("_seconds") && { unit: "s" }),
    });
    this.#observe(gauge, read);
  }

  #observe(instrument: Observable, read: () => Reading): void {
    instrument.addCallback((result) => {
      for (const { value, attributes } of this.#observations(read())) result.observe(value, attributes);
    });
  }

  #observations(reading: Reading): { readonly value: number; readonly attributes: Attributes }[] {
    if (reading === undefined) return [];
    if (typeof reading === "number") return [{ value: reading, attributes: this.#labels }];
    return reading.map(([labels, value]) => ({ value, attributes: { ...this.#labels, ...labels } }));
  }
}

function instrumentsOf(meter: Meter): Instruments {
  return {
    meter,
    counters: new Map(),
    histograms: mapped(histograms, (name, { tells, bounds, unit }) =>
      meter.createHistogram(`ingest_${name}`, {
        description: tells,
        unit,
        advice: { explicitBucketBoundaries: [...bounds] },
      }),
    ),
  };
}

function mapped<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  make: (name: Name, from: From) => To,
): Record<Name, To> {
  const entries = Object.entries(record) as [Name, From][];
  return Object.fromEntries(entries.map(([name, from]) => [name, make(name, from)])) as Record<Name, To>;
}
