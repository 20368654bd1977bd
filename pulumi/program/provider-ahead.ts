// By Node's own spawn: a library for it takes longer to load than all else here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { checkout } from "../../machine/paths.ts";

/** A provider that runs before Pulumi does. */
interface ProviderAhead {
  /** By these variables Pulumi finds it; none when it did not start: then Pulumi starts one itself. */
  variables: Promise<NodeJS.ProcessEnv>;
  /** Ends it, and what it still does. */
  end: () => Promise<void>;
}

/** By this variable Pulumi connects to a plugin that runs, in place of starting it. */
const variable = "PULUMI_DEBUG_PROVIDERS";

/**
 * Starts the provider of this project, which is loaded while Pulumi itself starts: Pulumi would start it when it needs
 * it first, and wait. It is a process group of its own, as Pulumi has it: Ctrl-C in a terminal is left to Pulumi, which
 * tells it to cancel. And it ends when this process does, however that ends.
 * @param args the command line of the Pulumi that will use it.
 * @param env the environment in which that will run.
 */
export const startProvider = (args: string[], env: NodeJS.ProcessEnv): ProviderAhead => {
  // Somebody debugs plugins, perhaps this one.
  if (env[variable] !== undefined) return { variables: Promise.resolve({}), end: () => Promise.resolve() };
  const plugin = join(checkout, "provider", "pulumi-resource-minikube");
  const child = spawn(process.execPath, [plugin, "--ahead", ...args], {
    cwd: checkout,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit").catch(() => undefined);
  const port = once(child.stdout.setEncoding("utf8"), "data").then(([text]) => String(text).trim());
  const none = ended.then(() => undefined);
  return {
    variables: Promise.race([port, none]).then((found) =>
      found === undefined ? {} : { [variable]: `minikube:${found}` },
    ),
    end: async () => {
      // As when an engine ends: what is under way is cancelled.
      child.stdin.end();
      await ended;
    },
  };
};
