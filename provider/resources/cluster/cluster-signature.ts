import { isDeepStrictEqual } from "node:util";
import type { CheckedInputs } from "./cluster.ts";
import type { Commands } from "../../processes/commands.ts";
import { containerId, engineOf } from "../../cluster/docker/docker.ts";
import { UserError } from "../../processes/errors.ts";
import { minikubeToType } from "../../cluster/minikube/minikube.ts";
import { ownerOf, writeMark } from "../../cluster/ownership.ts";
import type { Mark } from "../../cluster/ownership.ts";

/** What Minikube cannot change about a cluster that exists. */
export const fixed = ["driver", "cpus", "memory", "ports", "containerRuntime", "network"] as const;

/** Writes down whose a cluster is, where it is and, once it is made, how. */
export async function sign(commands: Commands, urn: string, inputs: CheckedInputs, isMade = true): Promise<void> {
  const inDocker = inputs.driver === "docker";
  const engine = inDocker ? await engineOf(commands) : undefined;
  const container = inDocker && isMade ? await containerId(commands, inputs.profile) : undefined;
  writeMark(inputs, {
    owner: ownerOf(urn),
    instance: inputs.instance,
    ...(isMade ? { made: Object.fromEntries(fixed.map((key) => [key, inputs[key]])) } : {}),
    ...(engine === undefined ? {} : { engine }),
    ...(container === undefined ? {} : { container }),
  });
}

/**
 * What a person is told of a cluster that the state does not know, and that was made otherwise than the settings say.
 * @returns undefined when it was made as they say.
 */
export function madeOtherwise(inputs: CheckedInputs, made: Mark["made"]): UserError | undefined {
  const others = fixed.filter((key) => !isDeepStrictEqual(made?.[key], inputs[key]));
  if (others.length === 0) return undefined;
  const was = others.map((key) => `${key} ${JSON.stringify(made?.[key])}`).join(", ");
  return new UserError(
    `The state of this stack does not know its cluster ${inputs.profile} any more, which was made with ${was}.`,
    "To keep it and its data, set that again: npx pulumi config set KEY VALUE. " +
      `To remove it: ${minikubeToType(inputs, "delete")}`,
  );
}
