import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Looks for every secret that any process of the tests was given in what all of them, and the test runners, have put out.
 * `directory`: the records that the tests have left (see packages/devstack/src/record-output.ts). `logs`: further outputs, by name.
 */
export async function findLeakedSecrets(directory, logs) {
  const records = [];
  for (const name of await readdir(directory)) {
    records.push(JSON.parse(await readFile(join(directory, name), "utf8")));
  }
  const secrets = [...new Set(records.flatMap((record) => record.secrets))];
  const outputs = [...records, ...[...logs].map(([name, output]) => ({ name, output }))];
  const leaks = outputs.flatMap(({ name, output }) => {
    const secret = secrets.find((each) => output.includes(each));
    return secret === undefined ? [] : [`${name} puts out a secret: ${lineWith(output, secret)}`];
  });
  return { outputs: outputs.length, secrets: secrets.length, leaks };
}

function lineWith(output, secret) {
  const line = output.split("\n").find((each) => each.includes(secret)) ?? "";
  const place = line.indexOf(secret);
  return `…${line.slice(Math.max(0, place - 100), place)}***${line.slice(place + secret.length, place + secret.length + 40)}…`;
}
