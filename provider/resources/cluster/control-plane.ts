import { isReady } from "../../cluster/kubernetes/api-server.ts";
import type { Commands } from "../../processes/commands.ts";
import type { Engine } from "../../engine/engine-log.ts";
import type { Network, Target } from "../../cluster/minikube/minikube.ts";
import { enforceNetworkPolicies, networkPolicyEnforcer } from "../../cluster/kubernetes/policy-enforcer.ts";
import type { Enforcer } from "../../cluster/kubernetes/policy-enforcer.ts";
import type { Difference, Resource } from "../resource.ts";
import type { Starts } from "./cluster-starts.ts";

/** What the program says about the Kubernetes of a cluster. */
export interface ControlPlaneInputs extends Target {
  /** The life of the cluster. */
  instance: string;
  /** When the node was started last, in ISO 8601; empty when not known. */
  nodeStarted: string;
  /** What connects the pods. Default: `bridge`. */
  network?: Network;
}

/** What is known once it runs. */
export interface ControlPlaneState extends ControlPlaneInputs {
  /** What enforces NetworkPolicies. */
  networkPolicy: Enforcer;
}

/**
 * `minikube:index:ControlPlane`: the Kubernetes of a cluster. Waits until it answers, and adds what Minikube does not
 * bring: the enforcement of NetworkPolicies.
 */
export class ControlPlaneResource implements Resource<ControlPlaneInputs, ControlPlaneInputs, ControlPlaneState> {
  readonly #commands: Commands;
  readonly #engine: Engine;
  readonly #starts: Starts;

  constructor(commands: Commands, engine: Engine, starts: Starts) {
    this.#commands = commands;
    this.#engine = engine;
    this.#starts = starts;
  }

  check(_urn: string, _olds: unknown, news: ControlPlaneInputs): Promise<ControlPlaneInputs> {
    return Promise.resolve(news);
  }

  diff(_urn: string, olds: ControlPlaneState, news: ControlPlaneInputs): Promise<Difference> {
    const isOther = olds.instance !== news.instance || olds.nodeStarted !== news.nodeStarted;
    return Promise.resolve({ changes: isOther || olds.networkPolicy === "none" });
  }

  async create(urn: string, inputs: ControlPlaneInputs): Promise<{ id: string; state: ControlPlaneState }> {
    return { id: inputs.profile, state: await this.#settle(urn, inputs) };
  }

  update(urn: string, _olds: ControlPlaneState, news: ControlPlaneInputs): Promise<ControlPlaneState> {
    return this.#settle(urn, news);
  }

  async read(_urn: string, state: ControlPlaneState): Promise<ControlPlaneState> {
    if (!(await isReady(state))) return state;
    return { ...state, networkPolicy: await networkPolicyEnforcer(this.#commands, state) };
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  async #settle(urn: string, inputs: ControlPlaneInputs): Promise<ControlPlaneState> {
    await this.#starts.wait(inputs.instance, urn);
    this.#engine.progress(urn, "enforcing NetworkPolicies");
    const warn = (line: string): void => this.#engine.warn(urn, line);
    const networkPolicy = await enforceNetworkPolicies(this.#commands, inputs, warn);
    this.#engine.progress(urn, "ready");
    return { ...inputs, networkPolicy };
  }
}
