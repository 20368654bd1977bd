import process from "node:process";
import { parseArgs } from "node:util";
import { OperationError } from "../operation-error.ts";
import { configInCluster } from "../kubernetes/in-cluster.ts";
import { readObjects } from "./rendered-objects.ts";
import { readSettings } from "./settings.ts";
import { start } from "./start-controller.ts";
import { log } from "./telling/tell.ts";

const options = {
  settings: { type: "string", default: "/etc/operations/settings.json" },
  released: { type: "string", default: "/etc/released/objects.json" },
} as const;

try {
  const { settings, released } = parseArgs({ options }).values;
  const identity = process.env.HOSTNAME;
  const started = await start(configInCluster(), readSettings(settings), readObjects(released), {
    ...(identity === undefined ? {} : { identity }),
  });
  process.once("SIGTERM", () => {
    void started.stop().finally(() => process.exit(0));
  });
} catch (error) {
  log({ event: "failed", why: error instanceof OperationError ? error.message : String(error) });
  process.exitCode = 1;
}
