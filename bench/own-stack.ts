import { join } from "node:path";
import { execa } from "execa";
import { Commands } from "../provider/processes/commands.ts";
import { Namespace } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import { WorkingCopy } from "../tests/helpers/working-copy.ts";
import { environment } from "../machine/tool-environment.ts";
import { minikubeHome } from "../machine/paths.ts";
import { arrival } from "./edits.ts";
import type { Edit } from "./edits.ts";
import { Watcher } from "./watcher.ts";

const profile = "todo-stack-bench";
/** Two CPUs, the least that a machine may have. */
export const size = { cpus: 2, memory: 4096 };

interface Resource {
  type: string;
  inputs: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** The stack that is measured: a copy of this checkout with a profile and a port of its own. */
export class OwnStack {
  readonly copy: WorkingCopy;
  /** The sources. */
  readonly folder: string;
  /** The namespace of the application, and the way to it. */
  readonly where: NamespaceRef;
  #isUp = false;
  #edits = 0;

  private constructor(copy: WorkingCopy) {
    this.copy = copy;
    this.folder = copy.folder;
    const kubeconfig = join(copy.folder, ".state", `${profile}.kubeconfig`);
    this.where = { kubeconfig, context: profile, home: minikubeHome, namespace: "todo" };
  }

  static async create(): Promise<OwnStack> {
    const config = { profile, port: "30286", cpus: String(size.cpus), memory: String(size.memory) };
    const copy = await WorkingCopy.create("bench", config);
    // Two of these applications, and a rollout of one, are to fit on the two CPUs. What they may use is as it was.
    for (const component of ["backend", "frontend"]) {
      const line = `# -- CPU reserved for each ${component} pod.\n      cpu: `;
      await copy.edit("charts/todo/values.yaml", `${line}250m`, `${line}50m`);
    }
    return new OwnStack(copy);
  }

  /** The command that is measured most. */
  async up(): Promise<void> {
    await this.copy.up();
    this.#isUp = true;
  }

  /** Brings the stack up unless it is. */
  async ready(): Promise<void> {
    if (!this.#isUp) await this.up();
  }

  async preview(): Promise<void> {
    await this.copy.succeed("pulumi", ["preview", "--stack", this.copy.stack]);
  }

  async stop(): Promise<void> {
    const { ok, reason } = await new Commands(environment(), new AbortController().signal).run("minikube", [
      ...["stop", "-p", profile],
    ]);
    if (!ok) throw new Error(`minikube stop failed: ${reason}`);
  }

  async destroy(): Promise<void> {
    await this.copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", this.copy.stack]);
    this.#isUp = false;
  }

  /** Edits a file and brings the stack up, until the edit has arrived. */
  async edit(edit: Edit): Promise<void> {
    const mark = this.nextMark();
    await edit.make(this.folder, mark);
    await this.up();
    await arrival(this.where, edit, mark);
  }

  /** Starts `npm run dev`. Stopping it lasts until everything is as `up` makes it. */
  async dev(): Promise<Watcher> {
    return Watcher.of(this.copy.start("dev"), /Open http/);
  }

  /** Where the application answers. */
  async url(): Promise<string> {
    return String((await this.copy.outputs())["url"]);
  }

  nextMark(): string {
    this.#edits += 1;
    return `own-${this.#edits}`;
  }

  /** Removes what Helm keeps of revisions before the one that runs. */
  async forgetRevisions(): Promise<void> {
    const labelSelector = "owner=helm,name=todo,status=superseded";
    await Namespace.use(this.where, (namespace) => namespace.deleteAll("v1", "secrets", { labelSelector }));
  }

  /** Releases so many times more what runs. */
  async addRevisions(count: number): Promise<void> {
    const { kubeconfig, context, namespace } = this.where;
    const { inputs } = await this.resource("kubernetes:helm.sh/v3:Release");
    const target = ["--namespace", namespace, "--kubeconfig", kubeconfig, "--kube-context", context];
    const same = ["--reuse-values", "--description", String(inputs["description"])];
    const args = ["upgrade", "todo", join(this.folder, "charts", "todo"), ...same, ...target];
    for (let number = 1; number <= count; number += 1) {
      await execa("helm", args, { env: environment(), extendEnv: false });
    }
  }

  /** What Pulumi's state has of one type of resource. */
  async resource(type: string): Promise<Resource> {
    const state = await this.copy.succeed("pulumi", ["stack", "export", "--stack", this.copy.stack]);
    const { resources } = (JSON.parse(state) as { deployment: { resources: Resource[] } }).deployment;
    const found = resources.find((resource) => resource.type === type);
    if (found === undefined) throw new Error(`the stack has no resource ${type}`);
    return found;
  }

  /** Removes the cluster, if there is one, and the copy. */
  async remove(): Promise<void> {
    if (this.#isUp) await this.destroy();
    await this.copy.remove();
  }
}
