/* Reads {table, facts: [...]} from standard input and writes the verdicts of the door's script. */
import { readFileSync } from "node:fs";

const [module] = process.argv.slice(2);
const { verdict } = await import(module);
const { table, facts } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(facts.map((each) => verdict(table, each))));
