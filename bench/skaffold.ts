import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import { ClusterView } from "../tests/helpers/cluster/cluster-view.ts";
import { environment } from "../machine/tool-environment.ts";
import { minikubeHome, toolFolder } from "../machine/paths.ts";
import { cliWithBuildKit } from "../offline/stand-ins/docker/docker-daemon.ts";
import { versions } from "../versions.ts";
import { arrival } from "./edits.ts";
import type { Edit } from "./edits.ts";
import type { OwnStack } from "./own-stack.ts";
import { Watcher } from "./watcher.ts";

const namespace = "skaffold";

/**
 * The same application by Skaffold: the same chart, Dockerfiles, values and Secrets, in the same cluster and daemon, in
 * a namespace of its own and from a copy of the sources. Its home is temporary, so it keeps and sends nothing.
 */
export class SkaffoldStack {
  /** The sources. */
  readonly folder: string;
  /** The namespace of the application, and the way to it. */
  readonly where: NamespaceRef;
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;
  #edits = 0;

  private constructor(home: string, where: NamespaceRef, env: NodeJS.ProcessEnv) {
    this.#home = home;
    this.folder = join(home, "checkout");
    this.where = where;
    this.#env = env;
  }

  /** Copies a stack that is up, and deploys the copy for the first time. */
  static async create(own: OwnStack): Promise<SkaffoldStack> {
    const home = await mkdtemp(join(tmpdir(), "todo-stack-bench-"));
    const stack = new SkaffoldStack(home, { ...own.where, namespace }, await environmentIn(home, own));
    try {
      await stack.#copy(own);
      await stack.run();
    } catch (error) {
      await stack.remove();
      throw error;
    }
    return stack;
  }

  async run(): Promise<void> {
    await execa("skaffold", ["run", ...this.flags()], { cwd: this.folder, env: this.#env, extendEnv: false });
  }

  /**
   * Runs it as its users have it: it looks for Minikube, and gives each run a label, which restarts every pod, whatever
   * has changed.
   */
  async runByDefault(): Promise<void> {
    // It asks Minikube where the daemon of the cluster is, and Minikube looks for the cluster in that of this machine.
    const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = environment();
    const env = {
      ...this.#env,
      ...{ DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH },
      PATH: [this.#env["PATH"], minikubeFolder].join(delimiter),
      MINIKUBE_HOME: minikubeHome,
    };
    await execa("skaffold", ["run", ...this.#target(), ...quiet], { cwd: this.folder, env, extendEnv: false });
  }

  /** Starts `skaffold dev`. */
  async dev(): Promise<Watcher> {
    const command = execa("skaffold", ["dev", "--cleanup=false", "--port-forward=off", ...this.flags()], {
      ...{ cwd: this.folder, env: this.#env, extendEnv: false },
      ...{ reject: false, stdin: "ignore", all: true },
    });
    const kill = (signal: NodeJS.Signals): void => void command.kill(signal);
    return Watcher.of({ output: command.all, kill, ended: command.then(() => undefined) }, /Watching for changes/);
  }

  /** Edits a file and runs Skaffold, until the edit has arrived. */
  async edit(edit: Edit): Promise<void> {
    const mark = this.nextMark();
    await edit.make(this.folder, mark);
    await this.run();
    await arrival(this.where, edit, mark);
  }

  nextMark(): string {
    this.#edits += 1;
    return `skaffold-${this.#edits}`;
  }

  async #copy(own: OwnStack): Promise<void> {
    for (const name of ["apps", "charts"]) {
      await cp(join(own.folder, name), join(this.folder, name), { recursive: true });
    }
    await writeFile(join(this.#home, "config"), "global:\n  collect-metrics: false\n");
    await writeFile(join(this.folder, "values.yaml"), stringify(await valuesOf(own)));
    await writeFile(join(this.folder, "skaffold.yaml"), stringify(configuration));
    await copySecrets(own.where);
  }

  /** Removes the sources; what is in the cluster goes with that. */
  async remove(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }

  private flags(): string[] {
    // By default every run has another label.
    return [...this.#target(), "--label", "skaffold.dev/run-id=static", ...quiet];
  }

  #target(): string[] {
    const { kubeconfig, context } = this.where;
    return [
      ...["--kubeconfig", kubeconfig, "--kube-context", context, "--namespace", namespace],
      ...["--config", join(this.#home, "config"), "--cache-file", join(this.#home, "cache")],
    ];
  }
}

const quiet = ["--status-check=true", "--tail=false", "--interactive=false", "--update-check=false"];

const minikubeFolder = join(toolFolder("minikube", versions.minikube), "bin");

const artifact = (name: string) => ({
  image: `todo-${name}`,
  context: `apps/${name}`,
  docker: { buildArgs: { SOURCE_DATE_EPOCH: "0" } },
});

const imageValues = (name: string) => ({
  [`${name}.image.repository`]: `{{.IMAGE_REPO_todo_${name}}}`,
  [`${name}.image.tag`]: `{{.IMAGE_TAG_todo_${name}}}`,
});

const configuration = {
  apiVersion: "skaffold/v4beta13",
  kind: "Config",
  build: {
    // By content, as the stack does.
    tagPolicy: { inputDigest: {} },
    // BuildKit is asked for by the environment; by `useBuildkit` it would have to be a plugin of the docker command.
    local: { push: false, useDockerCLI: true, concurrency: 0 },
    artifacts: [artifact("backend"), artifact("frontend")],
  },
  deploy: {
    helm: {
      releases: [
        {
          name: "todo",
          chartPath: "charts/todo",
          valuesFiles: ["values.yaml"],
          setValueTemplates: { ...imageValues("backend"), ...imageValues("frontend") },
        },
      ],
    },
  },
};

interface Values {
  frontend: { service: { nodePort: number } };
}

/** The values of the stack's own release, but for the port on the node, of which there is one. */
async function valuesOf(own: OwnStack): Promise<Values> {
  const release = await own.resource("kubernetes:helm.sh/v3:Release");
  const values = structuredClone(release.inputs["values"]) as Values;
  values.frontend.service.nodePort += 1;
  return values;
}

async function copySecrets({ kubeconfig, namespace: from }: NamespaceRef): Promise<void> {
  const { core } = new ClusterView(kubeconfig);
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  const { items } = await core.listNamespacedSecret({ namespace: from, fieldSelector: "type=Opaque" });
  for (const { metadata, type, data } of items) {
    const body = { metadata: { name: metadata?.name ?? "" }, type: type ?? "", immutable: true, data: data ?? {} };
    await core.createNamespacedSecret({ namespace, body });
  }
}

async function environmentIn(home: string, own: OwnStack): Promise<NodeJS.ProcessEnv> {
  const { dockerHost, dockerCertPath } = (await own.resource("minikube:index:Cluster")).outputs ?? {};
  const base = environment();
  // A docker that can use BuildKit need not be the first on PATH.
  const bin = join(home, "bin");
  await mkdir(bin);
  await symlink(await cliWithBuildKit(new AbortController().signal), join(bin, "docker"));
  // Without Minikube, for which Skaffold would look, only to find the daemon that is named here.
  const path = (base.PATH ?? "").split(delimiter).filter((folder) => folder !== minikubeFolder);
  return {
    ...base,
    HOME: home,
    MINIKUBE_HOME: home,
    PATH: [bin, ...path].join(delimiter),
    DOCKER_CONFIG: base.DOCKER_CONFIG ?? join(homedir(), ".docker"),
    DOCKER_HOST: String(dockerHost),
    DOCKER_CERT_PATH: String(dockerCertPath),
    DOCKER_TLS_VERIFY: "1",
    DOCKER_BUILDKIT: "1",
  };
}
