import type { Panel } from "./panel.js";

interface VariableBase {
  readonly name: string;
  readonly label: string;
}

/** Its values come from a query. */
export interface QueryVariable extends VariableBase {
  readonly kind: "query";
  readonly source: "prometheus" | "postgres";
  readonly query: string;
  /** Several at once, or all of them. */
  readonly several: boolean;
}

/** One of a fixed list; the first is the default. */
export interface ChoiceVariable extends VariableBase {
  readonly kind: "choice";
  readonly choices: readonly { readonly text: string; readonly value: string }[];
}

export type Variable = QueryVariable | ChoiceVariable;

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardSpec {
  readonly uid: string;
  /** The file it is rendered to, without `.json`. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
  /** What is shown at first. */
  readonly from: string;
  readonly refresh: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

export const panelsOf = ({ rows }: DashboardSpec): Panel[] => rows.flatMap(({ panels }) => panels);
