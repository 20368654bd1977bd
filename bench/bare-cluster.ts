import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Commands } from "../provider/processes/commands.ts";
import { deleteCluster, dockerHost, startCluster } from "../provider/cluster/minikube/minikube.ts";
import type { Target } from "../provider/cluster/minikube/minikube.ts";
import { minikubeHome } from "../provider/cluster/minikube/minikube-home.ts";
import { environment } from "../machine/tool-environment.ts";
import { Daemon } from "../offline/stand-ins/docker/docker-daemon.ts";
import { versions } from "../versions.ts";
import { size } from "./own-stack.ts";

const nothing = (): void => undefined;

/**
 * What an `up` from nothing cannot do without, by hand: `minikube start` with the same flags, and both images built
 * side by side in the new cluster's daemon.
 */
export class BareCluster {
  readonly #commands = new Commands(environment(), new AbortController().signal);
  readonly #folder: string;
  readonly #target: Target;
  readonly #checkout: string;

  private constructor(folder: string, checkout: string) {
    this.#folder = folder;
    this.#checkout = checkout;
    this.#target = {
      home: minikubeHome(environment()),
      profile: "todo-stack-bench-bare",
      kubeconfig: join(folder, "kubeconfig"),
    };
  }

  /** @param checkout whose applications are built. */
  static async create(checkout: string): Promise<BareCluster> {
    return new BareCluster(await mkdtemp(join(tmpdir(), "todo-stack-bench-")), checkout);
  }

  async start(): Promise<void> {
    const options = {
      ...size,
      driver: "docker",
      containerRuntime: "docker",
      kubernetesVersion: `v${versions.kubernetes}`,
      ports: ["127.0.0.1:30287:30080"],
    };
    await startCluster(this.#commands, this.#target, options, nothing);
    const daemon = new Daemon(new AbortController().signal);
    const host = await dockerHost(this.#commands, this.#target);
    await daemon.connect({ host, certPath: join(this.#target.home, "certs") });
    const build = (name: string): Promise<void> =>
      daemon.build(["--tag", `bare-${name}`, join(this.#checkout, "apps", name)], true, nothing);
    await Promise.all([build("backend"), build("frontend")]);
  }

  async delete(): Promise<void> {
    await deleteCluster(this.#commands, this.#target, nothing);
  }

  /** Removes what is left, also of a run that was interrupted. */
  async remove(): Promise<void> {
    await this.delete();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
