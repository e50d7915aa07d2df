import type { Query } from "./query.js";

/** From a value on, a colour; below the first one everything is well. */
export interface Threshold {
  readonly from: number;
  readonly color: "green" | "yellow" | "orange" | "red";
}

interface PanelBase {
  readonly title: string;
  /** What it tells, and what to make of it. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Grafana's name of a unit; "short" is a plain number. */
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
  readonly height: number;
  readonly thresholds?: readonly Threshold[];
  /** The colour of good values where that is not green. */
  readonly calm?: "green" | "blue" | "text" | "red";
  readonly max?: number;
  readonly decimals?: number;
  /** What stands there when nothing comes back. */
  readonly empty?: string;
  /** Files in infra/runbooks, without `.md`. */
  readonly runbooks?: readonly string[];
  /** Series by name, or states, in fixed colours. */
  readonly colors?: Readonly<Record<string, string>>;
}

/** One value, or a few. */
export interface StatPanel extends PanelBase {
  readonly kind: "stat";
  /** A value for each row rather than the newest one of each column. */
  readonly each?: boolean;
  readonly sparkline?: boolean;
}

/** A coloured tile for each row: a name, and a number that `states` gives a text and a colour. */
export interface TilesPanel extends PanelBase {
  readonly kind: "tiles";
  readonly states: readonly State[];
  readonly link: PanelLink;
}

export interface State {
  readonly code: number;
  readonly text: string;
  readonly color: string;
}

export interface PanelLink {
  readonly title: string;
  readonly url: string;
}

export interface GraphPanel extends PanelBase {
  readonly kind: "graph";
  readonly shape?: "lines" | "stacked" | "stacked bars";
  /** So many points at most: what the query costs depends on it. */
  readonly points?: number;
  /** The narrowest step. */
  readonly interval?: string;
}

export interface TablePanel extends PanelBase {
  readonly kind: "table";
  /** Of columns that have another one than the panel's. */
  readonly units?: Readonly<Record<string, string>>;
}

/** Horizontal bars, one for each row or series. */
export interface BarsPanel extends PanelBase {
  readonly kind: "bars";
}

/** States as coloured stretches of time. */
export interface TimelinePanel extends PanelBase {
  readonly kind: "timeline";
}

export type Panel = StatPanel | TilesPanel | GraphPanel | TablePanel | BarsPanel | TimelinePanel;
