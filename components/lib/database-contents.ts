import type { Contents } from "../../provider/data-loss/contents.ts";
import type { ToType } from "../../provider/data-loss/loss.ts";
import type { Save } from "../../provider/data-loss/save-by-node.ts";
import { typedFor } from "./typed-for.ts";

const counts = "SELECT 'accounts: ' || (SELECT count(*) FROM users) || ', todos: ' || (SELECT count(*) FROM todos)";
const psql = ["psql", "--username=todo", "--dbname=todo", "--tuples-only", "--no-align", `--command=${counts}`];

/** How to find out what is in the application's database in a cluster. */
export const databaseContents = (stack: string): Contents => ({
  selector: "app.kubernetes.io/instance=todo,app.kubernetes.io/component=postgres",
  container: "postgres",
  command: ["timeout", "10", ...psql],
  backups: { folder: "backups", prefix: `${stack}-` },
});

/** What a person types to keep or to lose the application's data. */
export const toType = (stack: string): ToType => ({
  keep: typedFor(stack, "npm run backup"),
  restore: typedFor(stack, "npm run restore -- backups/FILE"),
  keepAtOnce: typedFor(stack, "npm start -- --keep-data"),
  lose: typedFor(stack, "npm start -- --yes"),
});

const saved = "backups/saved.dump";

/** How to save the application's database by Docker in the node, and how it comes back into the next cluster. */
export const databaseSave = (stack: string): Save => ({
  pod: "todo-postgres-0",
  container: "postgres",
  dump: "pg_dump --username=todo --dbname=todo --format=custom",
  file: saved,
  restore: `${typedFor(stack, "npm start")}; ${typedFor(stack, `npm run restore -- ${saved}`)}`,
});
