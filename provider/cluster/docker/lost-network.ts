import type { Commands } from "../../processes/commands.ts";
import { lookAtContainer, thingsNamed } from "./docker.ts";
import { UserError } from "../../processes/errors.ts";
import { workersOf } from "../minikube/worker-nodes.ts";
import type { Profile } from "../ownership.ts";

/** As much as is read of how a container is connected to a network. */
interface Endpoint {
  IPAMConfig?: { IPv4Address?: string } | null;
}

/**
 * Makes the network of a cluster anew that is stopped, and whose network is gone: `docker network prune` takes it for
 * unused. Minikube makes one for new machines alone, and Docker starts no container without its network. Each machine
 * gets the address that it had, which is in certificates.
 * @throws UserError when Docker refuses.
 */
export async function restoreNetwork(commands: Commands, profile: Profile): Promise<void> {
  const network = profile.profile;
  if ((await thingsNamed(commands, network)).some((thing) => thing.startsWith("network"))) return;
  const addresses = new Map<string, string>();
  for (const machine of [network, ...workersOf(profile).map((worker) => worker.machine)]) {
    const address = await addressOf(commands, machine, network);
    if (address !== undefined) addresses.set(machine, address);
  }
  const [first] = addresses.values();
  if (first === undefined) return;
  await docker(commands, network, ["create", ...(await optionsFor(commands, first)), network]);
  for (const [machine, address] of addresses) {
    // What it is connected to still has the name, and is not there.
    await docker(commands, network, ["disconnect", "--force", network, machine]);
    await docker(commands, network, ["connect", "--ip", address, network, machine]);
  }
}

/** The address that a machine is to have in a network; undefined where it runs, is not there or has no fixed one. */
async function addressOf(commands: Commands, machine: string, network: string): Promise<string | undefined> {
  if ((await lookAtContainer(commands, machine)).state !== "stopped") return undefined;
  const format = "{{json .NetworkSettings.Networks}}";
  const { ok, stdout } = await commands.run("docker", ["container", "inspect", "--format", format, machine]);
  if (!ok) return undefined;
  // Docker says null of a container without any.
  return (JSON.parse(stdout) as Record<string, Endpoint | undefined> | null)?.[network]?.IPAMConfig?.IPv4Address;
}

/** As Minikube makes a network: https://github.com/kubernetes/minikube/blob/master/pkg/drivers/kic/oci/network_create.go */
async function optionsFor(commands: Commands, address: string): Promise<string[]> {
  const subnet = address.replace(/\.\d+$/, "");
  const format = '{{index .Options "com.docker.network.driver.mtu"}}';
  const { stdout } = await commands.run("docker", ["network", "inspect", "--format", format, "bridge"]);
  const mtu = Number(stdout.trim());
  return [
    ...["--driver=bridge", `--subnet=${subnet}.0/24`, `--gateway=${subnet}.1`, "-o", "--ip-masq", "-o", "--icc"],
    ...(mtu > 0 ? ["-o", `com.docker.network.driver.mtu=${mtu}`] : []),
    "--label=created_by.minikube.sigs.k8s.io=true",
  ];
}

async function docker(commands: Commands, network: string, args: string[]): Promise<void> {
  const { ok, reason } = await commands.run("docker", ["network", ...args]);
  if (ok) return;
  throw new UserError(
    `The network ${network} of the cluster is gone, and Docker does not make it anew: ${reason}.`,
    "The data are kept. If another network has its addresses, see docker network ls, remove that one by docker network rm NAME, " +
      "and type the same command again.",
  );
}
