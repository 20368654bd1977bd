import { enforceNetworkPolicies } from "../../cluster/kubernetes/policy-enforcer.ts";
import { lookAtContainer, removeMachine, thingsNamed, unpause } from "../../cluster/docker/docker.ts";
import type { ContainerState } from "../../cluster/docker/docker.ts";
import type { Commands } from "../../processes/commands.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { changeNodes, kubectl, minikubeToType } from "../../cluster/minikube/minikube.ts";
import type { Target } from "../../cluster/minikube/minikube.ts";
import { keepCopy } from "../../cluster/minikube/profile-copy.ts";
import { forgetWorker, nextWorker, publishNoMorePorts, workersOf } from "../../cluster/minikube/worker-nodes.ts";
import type { Worker } from "../../cluster/minikube/worker-nodes.ts";
import type { Difference, Resource } from "../resource.ts";
import { UserError } from "../../processes/errors.ts";

/** What the program says about the further nodes of a cluster. */
export interface WorkersInputs extends Target {
  /** The life of the cluster. */
  instance: string;
  /** How many nodes there are besides the first. */
  count: number;
}

/** What is known once they run. */
export interface WorkersState extends WorkersInputs {
  /** Their containers, which are their names in Kubernetes too. */
  names: string[];
}

/** Long enough for a loaded machine. */
const patience = "3m";

/**
 * `minikube:index:Workers`: the nodes of a cluster besides its first. They hold nothing that could be lost: one that is
 * gone is made anew. With the docker driver alone.
 */
export class WorkersResource implements Resource<WorkersInputs, WorkersInputs, WorkersState> {
  readonly #commands: Commands;
  readonly #engine: Engine;

  constructor(commands: Commands, engine: Engine) {
    this.#commands = commands;
    this.#engine = engine;
  }

  check(_urn: string, _olds: unknown, news: WorkersInputs): Promise<WorkersInputs> {
    return Promise.resolve(news);
  }

  async diff(_urn: string, olds: WorkersState, news: WorkersInputs): Promise<Difference> {
    if (olds.instance !== news.instance || olds.count !== news.count) return { changes: true };
    return { changes: !(await this.#run(olds.names)) };
  }

  async create(urn: string, inputs: WorkersInputs): Promise<{ id: string; state: WorkersState }> {
    return { id: inputs.profile, state: await this.#settle(urn, inputs) };
  }

  update(urn: string, _olds: WorkersState, news: WorkersInputs): Promise<WorkersState> {
    return this.#settle(urn, news);
  }

  read(_urn: string, state: WorkersState): Promise<WorkersState> {
    return Promise.resolve(state);
  }

  /** They go with their cluster. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Whether all of them run. One that cannot be asked about is taken to run. */
  async #run(names: string[]): Promise<boolean> {
    const looks = await Promise.all(names.map((name) => lookAtContainer(this.#commands, name)));
    return looks.every(({ state }) => state === "running" || state === "unknown");
  }

  async #settle(urn: string, inputs: WorkersInputs): Promise<WorkersState> {
    const { count } = inputs;
    const joined = await this.#joined(inputs);
    for (const [index, worker] of workersOf(inputs).entries()) {
      const { state } = await lookAtContainer(this.#commands, worker.machine);
      if (index >= count) await this.#drain(urn, inputs, worker);
      // What an interrupted command has left has never joined, and Minikube takes it for a node that runs. So it does
      // with one that is lost.
      const isWanted = index < count && state !== "missing" && joined.has(worker.machine);
      if (isWanted) await this.#ensureRunning(urn, inputs, worker, state);
      else await this.#remove(urn, inputs, worker);
    }
    while (workersOf(inputs).length < count) await this.#add(urn, inputs);
    const names = workersOf(inputs).map(({ machine }) => machine);
    this.#engine.progress(urn, "waiting until every node is ready");
    const nodes = names.map((name) => `node/${name}`);
    const ready = await kubectl(this.#commands, inputs, [
      ...["wait", "--for=condition=Ready", `--timeout=${patience}`],
      ...nodes,
    ]);
    if (!ready.ok) {
      throw new UserError(
        `Not every node of the cluster ${inputs.profile} is ready: ${ready.reason}.`,
        `Run the same command again. See: kubectl --kubeconfig ${inputs.kubeconfig} describe nodes`,
      );
    }
    // Its pod on a new node has to be there before the first pod of the application is.
    await enforceNetworkPolicies(this.#commands, { ...inputs, network: "kube-router" }, (line) =>
      this.#engine.warn(urn, line),
    );
    keepCopy(inputs);
    this.#engine.progress(urn, "ready");
    return { ...inputs, names };
  }

  /** The names of the nodes that Kubernetes knows. */
  async #joined(inputs: WorkersInputs): Promise<Set<string>> {
    const { ok, stdout, reason } = await kubectl(this.#commands, inputs, ["get", "nodes", "--output=name"]);
    if (!ok) {
      throw new UserError(
        `The cluster ${inputs.profile} does not tell its nodes: ${reason}.`,
        `See whether it runs: ${minikubeToType(inputs, "status")}`,
      );
    }
    return new Set(stdout.split("\n").map((line) => line.trim().replace(/^node\//, "")));
  }

  async #ensureRunning(
    urn: string,
    inputs: WorkersInputs,
    { name, machine }: Worker,
    state: ContainerState,
  ): Promise<void> {
    if (state === "running") return;
    if (state === "paused") {
      await unpause(this.#commands, machine);
      return;
    }
    this.#engine.progress(urn, `starting node ${machine}`);
    await changeNodes(this.#commands, inputs, "start", name);
  }

  /** Moves the pods of a node that goes to others, as long as their budgets allow it. */
  async #drain(urn: string, inputs: WorkersInputs, { machine }: Worker): Promise<void> {
    this.#engine.progress(urn, `draining node ${machine}`);
    const options = ["--ignore-daemonsets", "--delete-emptydir-data", `--timeout=${patience}`];
    const { ok, reason } = await kubectl(this.#commands, inputs, ["drain", machine, ...options]);
    if (!ok) this.#engine.inform(urn, `Node ${machine} is removed with pods on it: ${reason}.`);
  }

  /** By Docker, since Minikube removes no node that has not joined, and forgets none that is lost. */
  async #remove(urn: string, inputs: WorkersInputs, worker: Worker): Promise<void> {
    const { machine } = worker;
    this.#engine.progress(urn, `removing node ${machine}`);
    await kubectl(this.#commands, inputs, ["delete", "node", machine, "--ignore-not-found"]);
    await removeMachine(this.#commands, machine);
    forgetWorker(inputs, worker);
  }

  async #add(urn: string, inputs: WorkersInputs): Promise<void> {
    const { machine } = nextWorker(inputs);
    // Minikube would remove a container of that name, whosever it is.
    const taken = await thingsNamed(this.#commands, machine);
    if (taken.length > 0) {
      throw new UserError(
        `Docker has a ${taken.join(" and a ")} that this stack has not made, and the next node would have that name.`,
        `If it is not needed: docker rm --force --volumes ${machine}; docker volume rm ${machine}. Or set nodes to fewer.`,
      );
    }
    this.#engine.progress(urn, `adding node ${machine}`);
    publishNoMorePorts(inputs);
    await changeNodes(this.#commands, inputs, "add");
  }
}
