import * as pulumi from "@pulumi/pulumi";
import type { Holder } from "../../provider/loss.ts";

const counts = "SELECT 'accounts: ' || (SELECT count(*) FROM users) || ', todos: ' || (SELECT count(*) FROM todos)";

/** What resources that hold data are told: whether this is a preview, and how to find out what is in the application's database. */
export function holder(): Holder {
  const psql = ["psql", "--username=todo", "--dbname=todo", "--tuples-only", "--no-align", `--command=${counts}`];
  return {
    isPreview: pulumi.runtime.isDryRun(),
    contents: {
      selector: "app.kubernetes.io/instance=todo,app.kubernetes.io/component=postgres",
      container: "postgres",
      command: ["timeout", "10", ...psql],
      backups: { folder: "backups", prefix: `${pulumi.getStack()}-` },
    },
  };
}
