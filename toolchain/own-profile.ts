import { join } from "node:path";
import type { Target } from "../provider/minikube.ts";
import { isOurs, ownerOf, readMark } from "../provider/ownership.ts";
import type { Place } from "./own-cluster.ts";
import { plainSettings, stackState } from "./stack-files.ts";

/**
 * The cluster that a stack has by its state, or is to have by its settings as long as its state knows none.
 * @returns undefined when the profile of that name is not this stack's, such as that of another stack of this checkout.
 * @throws Error when the state cannot be read.
 */
export const ownTarget = ({ folder, home, stack }: Place): Target | undefined => {
  const state = stackState(folder, stack);
  const profile = state?.cluster?.profile ?? plainSettings(folder, stack).profile;
  const owner = ownerOf(`urn:pulumi:${stack}`, folder);
  if (!isOurs(readMark({ home, profile }), owner, state?.instance ?? "")) return undefined;
  return { home, profile, kubeconfig: join(folder, ".state", `${profile}.kubeconfig`) };
};
