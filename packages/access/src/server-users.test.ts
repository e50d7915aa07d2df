import { expect, it } from "vitest";
import { permissionTable } from "./permission-table.js";
import { renderAuthorization } from "./server-users.js";
import { grants, producerGrant } from "./users.js";

const producer = { user: "p", password: 'q"uoted', grant: producerGrant("p", ["cc.job.event.a"]) };

it("a user who may publish nothing is denied everything, not allowed everything", () => {
  const grant = { publish: [], subscribe: [], answers: false };
  expect(renderAuthorization([{ user: "u", password: "p", grant }]).match(/deny: \[">"\]/g)).toHaveLength(2);
});

it("a password is written as a string that the server reads back", () => {
  expect(renderAuthorization([producer])).toContain(String.raw`password: "q\"uoted"`);
});

it("a table for scripts has a line for each permission", () => {
  expect(permissionTable({ p: producer.grant, s: { ...producer.grant, publish: [], answers: true } })).toBe(
    "p\tpub\tcc.job.event.a\np\tsub\t_INBOX_p.>\ns\tsub\t_INBOX_p.>\ns\tresp\t-\n",
  );
});

it("without lifecycle events nobody has to do with them", () => {
  const worker = (name: string) => ({ subject: name, stream: name.toUpperCase(), durable: name });
  const table = permissionTable(grants({ jobs: worker("jobs"), nodestate: worker("nodes") }));
  expect(table).toContain("MSG.NEXT.JOBS.jobs");
  expect(table).not.toMatch(/LIFECYCLE|lifecycle\.job/);
});
