import type { Contents } from "../../provider/data-loss/contents.ts";

const counts = "SELECT 'accounts: ' || (SELECT count(*) FROM users) || ', todos: ' || (SELECT count(*) FROM todos)";
const psql = ["psql", "--username=todo", "--dbname=todo", "--tuples-only", "--no-align", `--command=${counts}`];

/** How to find out what is in the application's database in a cluster. */
export const databaseContents = (stack: string): Contents => ({
  selector: "app.kubernetes.io/instance=todo,app.kubernetes.io/component=postgres",
  container: "postgres",
  command: ["timeout", "10", ...psql],
  backups: { folder: "backups", prefix: `${stack}-` },
});
