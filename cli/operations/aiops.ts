import { join } from "node:path";
import process from "node:process";
import { Commands } from "../../provider/processes/commands.ts";
import { connectTo } from "../../provider/cluster/kubernetes/connection.ts";
import type { ContextRef } from "../../provider/cluster/kubernetes/kubeconfig.ts";
import { appPackagesStep } from "../../setup/app-packages.ts";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { firstLine, UserError } from "../../provider/processes/errors.ts";
import { launch } from "../../machine/launch.mjs";
import { lookAtCluster } from "../../state/access/own-cluster.ts";
import { checkout, stateFolder } from "../../machine/paths.ts";
import { placeOf } from "../../state/access/reach.ts";
import { mustHaveMinikube } from "../../pulumi/existing-target.ts";
import { stateFile } from "../../state/stack-files.ts";
import { stackName } from "../../state/stack.ts";

/** Long enough for a loaded machine. */
const patience = 20_000;

/**
 * Serves MCP for the stack that runs, until the client goes away. Standard output is the protocol's: words go to
 * standard error.
 * @param http by streamable HTTP on 127.0.0.1 instead of standard input and output.
 * @throws UserError when the stack's own cluster does not run.
 */
export const aiops = async (http: boolean): Promise<number> => {
  const stack = stackName();
  mustHaveMinikube("aiops", stack);
  const commands = new Commands(toolEnvironment(), AbortSignal.timeout(patience));
  const { life, kubeconfig, home, settings } = await lookAtCluster(commands, placeOf(stack));
  const { profile: context, namespace } = settings;
  if (life !== "running") {
    throw new UserError(`The cluster ${context} of stack ${stack} does not run (${life}).`, "Type: npm start");
  }
  await mustAnswer({ kubeconfig, context, home }, stack);
  await install();
  const app = join(checkout, "apps", "aiops", "src", "main.ts");
  const place = ["--kubeconfig", kubeconfig, "--context", context, "--namespace", namespace];
  const files = ["--released", stateFile(checkout, stack), "--chart", join(checkout, "charts", "todo")];
  const args = [app, ...place, ...files, "--state", stateFolder, ...(http ? ["--http"] : [])];
  return await launch(process.execPath, args, toolEnvironment());
};

/** The application goes by the kubeconfig, and cannot know whose cluster that leads to. */
const mustAnswer = async (ref: ContextRef, stack: string): Promise<void> => {
  try {
    (await connectTo(ref)).agent.destroy();
  } catch (error) {
    throw new UserError(`The cluster of stack ${stack} cannot be asked: ${firstLine(error)}`, "Type: npm start", error);
  }
};

const install = async (): Promise<void> => {
  const step = appPackagesStep("aiops");
  if (await step.isDone()) return;
  console.error(`❯ ${step.title}`);
  await step.run(() => undefined);
};
