import type { Commands } from "../../processes/commands.ts";
import { kubectl, routerManifest } from "../minikube/minikube.ts";
import type { Network, Target } from "../minikube/minikube.ts";

/** What enforces the cluster's NetworkPolicies; without it they are kept and have no effect. */
export type Enforcer = "kube-router" | "none";

const daemonSet = ["daemonset/kube-router", "--namespace=kube-system"];

/** Long enough to pull an image over a slow line. */
const patience = "3m";

/**
 * Makes sure that something enforces NetworkPolicies, and waits until it does. Minikube's own network does not.
 * @param warn is told why they are not enforced, if they are not: the cluster works without.
 */
export async function enforceNetworkPolicies(
  commands: Commands,
  target: Target & { network?: Network },
  warn: (line: string) => void,
): Promise<Enforcer> {
  let outcome = await kubectl(commands, target, ["apply", `--filename=${routerManifest(target.network)}`]);
  if (outcome.ok) {
    outcome = await kubectl(commands, target, ["rollout", "status", ...daemonSet, `--timeout=${patience}`]);
  }
  if (outcome.ok) return "kube-router";
  warn(
    `NetworkPolicies are NOT enforced: kube-router does not run (${outcome.reason}). The next \`up\` tries again. ` +
      "See: kubectl --namespace kube-system describe pods --selector app.kubernetes.io/name=kube-router",
  );
  return "none";
}

/** Asks a running cluster what enforces NetworkPolicies now. */
export async function networkPolicyEnforcer(commands: Commands, target: Target): Promise<Enforcer> {
  const { ok, stdout } = await kubectl(commands, target, [
    "get",
    ...daemonSet,
    "--output=jsonpath={.status.numberReady}",
  ]);
  return ok && Number(stdout) > 0 ? "kube-router" : "none";
}
