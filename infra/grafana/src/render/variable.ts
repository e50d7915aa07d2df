import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  ConstantVariableBuilder,
  CustomVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { ChoiceVariable, QueryVariable, Variable } from "../model/dashboard.js";
import { sources } from "./sources.js";

/** Where Grafana of infra/compose.yaml serves infra/runbooks; a site that keeps them elsewhere changes this variable. */
const RUNBOOKS = "/public/runbooks";

export function render(variable: Variable): Builder<VariableModel> {
  return variable.kind === "query" ? queryVariable(variable) : choiceVariable(variable);
}

/** In front of the names of runbooks. */
export function runbooksVariable(): ConstantVariableBuilder {
  return new ConstantVariableBuilder("runbooks").label("Runbooks").value(RUNBOOKS);
}

function queryVariable({ name, label, source, query, several }: QueryVariable): QueryVariableBuilder {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(sources[source])
    .query(source === "prometheus" ? { query, refId: name } : query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .multi(several)
    .includeAll(several);
  return several ? builder.allValue(".+").current({ text: "All", value: "$__all" }) : builder;
}

function choiceVariable({ name, label, choices }: ChoiceVariable): CustomVariableBuilder {
  const [first] = choices;
  const builder = new CustomVariableBuilder(name)
    .label(label)
    .values(choices.map(({ text, value }) => `${text} : ${value}`).join(", "));
  return first === undefined ? builder : builder.current(first);
}
