// Prints the rows that DuckDB reads from a file as lines of JSON, every cell as text or null. The first argument is the
// folder of its module, the second one the query.
import { createRequire } from 'node:module';

const [modules, query] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(modules + '/')('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const reader = await connection.runAndReadAll(query);
const lines = [JSON.stringify(reader.columnNames())];
for (const row of reader.getRows()) lines.push(JSON.stringify(row.map((cell) => (cell === null ? null : String(cell)))));
await new Promise((done) => process.stdout.write(lines.join('\n') + '\n', done));
process.exit(0);
