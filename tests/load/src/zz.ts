import { throughput } from "./scenarios/throughput.ts";
import { asTable } from "./report.ts";
const variants = JSON.parse(process.argv[2]!) as Record<string,string>[];
const out = [];
for (const env of variants) out.push(await throughput({ name: JSON.stringify(env), jobs: 40_000, rounds: Number(process.argv[3] ?? 6), startsOnly: process.argv[4] !== "shuffled", goal: 0.6, env }));
process.stdout.write(asTable(out));
