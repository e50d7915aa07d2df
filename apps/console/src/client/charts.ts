import uPlot from "uplot";

interface Sample {
  readonly at: number;
  readonly services: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

interface Chart {
  readonly element: HTMLElement;
  readonly name: string;
  readonly plot: uPlot;
}

const SERVICES = ["ingest-jobs", "ingest-nodestate"] as const;
const KEPT = 900;
const HEIGHT = 150;

const samples: Sample[] = [];
let charts: Chart[] = [];

/** Draws what the server remembers; what comes later is drawn by `drawSample`. */
export function startCharts(): void {
  const frame = document.querySelector<HTMLElement>("[data-charts]");
  const address = frame?.dataset["charts"];
  if (frame === null || address === undefined) return;
  const draw = (): void => {
    for (const { plot } of charts) plot.destroy();
    charts = [...frame.querySelectorAll<HTMLElement>("[data-chart]")].map(make);
    refresh();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => {
    for (const { element, plot } of charts) plot.setSize({ width: element.clientWidth, height: HEIGHT });
  }).observe(frame);
  draw();
  void drawEarlier(address);
}

async function drawEarlier(address: string): Promise<void> {
  const response = await fetch(address);
  const earlier = (await response.json()) as Sample[];
  samples.unshift(...earlier.filter(({ at }) => samples.every((known) => at < known.at)));
  refresh();
}

/** `data`: a sample as JSON. */
export function drawSample(data: string): void {
  const sample = JSON.parse(data) as Sample;
  if (samples.at(-1)?.at === sample.at) return;
  samples.push(sample);
  if (samples.length > KEPT) samples.shift();
  refresh();
}

function refresh(): void {
  for (const { element, name, plot } of charts) {
    const times = samples.map(({ at }) => at);
    const lines = SERVICES.map((service) => samples.map(({ services }) => services[service]?.[name] ?? null));
    plot.setData([times, ...lines]);
    element.dataset["points"] = String(lines.flat().filter((value) => value !== null).length);
  }
}

function make(element: HTMLElement): Chart {
  const { chart: name = "", unit } = element.dataset;
  const style = getComputedStyle(element);
  const colour = (variable: string): string => resolved(element, `var(${variable})`);
  const axis = { stroke: style.color, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
      axes: [
        { ...axis, size: 26, values: (_, times) => times.map(clock), space: 70 },
        { ...axis, size: 62, values: (_, values) => values.map((value) => written(value, unit)) },
      ],
      series: [
        {},
        { stroke: colour("--one"), width: 1.5, points: { show: false } },
        { stroke: colour("--two"), width: 1.5, dash: [5, 3], points: { show: false } },
      ],
    },
    [[], [], []],
    element,
  );
  return { element, name, plot };
}

/** A canvas knows no variables, nor what `light-dark` comes to. */
function resolved(element: HTMLElement, colour: string): string {
  const probe = document.createElement("i");
  probe.style.color = colour;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function clock(time: number): string {
  return new Date(time * 1_000).toISOString().slice(11, 19);
}

function written(value: number, unit: string | undefined): string {
  if (unit === "seconds")
    return value < 1 ? `${Math.round(value * 1_000)} ms` : `${Number(value.toFixed(1))} s`;
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : 0 });
}
