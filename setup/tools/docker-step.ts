import { Commands } from "../../provider/processes/commands.ts";
import { dockerCapacity } from "../../provider/cluster/docker/docker.ts";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import type { Step } from "../../machine/step.ts";

/** Long enough for a Docker that is just starting. */
const patience = 20_000;

/**
 * The step that makes sure of a Docker Engine that answers. Set-up does not install one on a machine with a choice of
 * them.
 */
export const dockerStep = (): Step => ({
  title: "Docker",
  isDone: () =>
    askDocker().then(
      () => true,
      () => false,
    ),
  run: async () => {
    await askDocker();
  },
});

const askDocker = async () => await dockerCapacity(new Commands(toolEnvironment(), AbortSignal.timeout(patience)));
