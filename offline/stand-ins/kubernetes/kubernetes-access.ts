import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import which from "which";
import { pluginEnvironment } from "../../../provider/processes/user-environment.ts";
import { cacheFolder } from "../../../machine/paths.ts";
import { ambientKubeconfig, contextOf, loadKubeconfig } from "./kubeconfig-setting.ts";
import type { LoadedKubeconfig } from "./kubeconfig-setting.ts";
import { CommandFailed, run } from "../run-command.ts";

const unsupported = ["cluster", "renderYamlToDirectory", "helmReleaseSettings", "skipUpdateUnreachable"];

/** How long a question to helm may take, in milliseconds. */
const patience = 30_000;

/** The cluster that a kubernetes provider is configured for, reached through the `kubectl` and `helm` commands. */
export class Cluster {
  /** The namespace of what names none. */
  defaultNamespace = "default";
  /** Whether a change of a Secret's data is made in place, rather than by a new Secret. */
  secretsAreMutable = false;
  /** Whether what a cluster held is forgotten when the cluster cannot be reached. */
  forgetsUnreachable = false;
  #kubeconfig: LoadedKubeconfig | undefined;
  #context: string | undefined;
  #problem: string | undefined;
  #answer: Promise<string | undefined> | undefined;
  readonly #cancelled: AbortSignal;

  constructor(cancelled: AbortSignal) {
    this.#cancelled = cancelled;
  }

  /**
   * Takes a provider's settings: `kubeconfig` (path or text), `context`, `namespace`, `enableSecretMutable`,
   * `deleteUnreachable`.
   *
   * A kubeconfig that is missing or does not have the context is no error here, but for whatever needs the cluster.
   * @throws Error for a setting that the stand-in does not know.
   */
  configure(settings: Record<string, string>): Promise<void> {
    for (const name of unsupported)
      if (settings[name] && settings[name] !== "false")
        throw new Error(`the stand-in for the kubernetes plugin does not know the setting "${name}"`);
    this.#context = settings["context"] || undefined;
    this.secretsAreMutable = settings["enableSecretMutable"] === "true";
    this.forgetsUnreachable =
      (settings["deleteUnreachable"] ?? process.env["PULUMI_K8S_DELETE_UNREACHABLE"]) === "true";
    if (settings["namespace"]) this.defaultNamespace = settings["namespace"];
    try {
      this.#kubeconfig = loadKubeconfig(settings["kubeconfig"] || ambientKubeconfig());
    } catch (error) {
      this.#problem = `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`- ${(error as Error).message}`;
      return Promise.resolve();
    }
    const context = contextOf(this.#kubeconfig.config, this.#context);
    if (!context)
      this.#problem =
        "unable to load Kubernetes client configuration from kubeconfig file: " +
        `context "${this.#context ?? "(current)"}" does not exist`;
    else if (context.namespace && !settings["namespace"]) this.defaultNamespace = context.namespace;
    return Promise.resolve();
  }

  /** Why the cluster cannot be reached; undefined when it answers. Asked once. */
  unreachable(): Promise<string | undefined> {
    return (this.#answer ??= this.#ask());
  }

  /**
   * Runs kubectl on the cluster.
   * @param input what it reads from its standard input: the place for a manifest.
   * @throws CommandFailed
   */
  kubectl(args: string[], input = ""): Promise<string> {
    const context = this.#context ? ["--context", this.#context] : [];
    const argsFor = (kubeconfig: string): string[] => ["--kubeconfig", kubeconfig, ...context, ...args];
    if (hasKubectl()) return this.#run("kubectl", argsFor, input, this.#cancelled);
    // Minikube has one of the cluster's version, which its own plugin uses too.
    const profile = this.#context ? ["--profile", this.#context] : [];
    const minikubes = (kubeconfig: string): string[] => ["kubectl", ...profile, "--", ...argsFor(kubeconfig)];
    return this.#run("minikube", minikubes, input, this.#cancelled);
  }

  /**
   * Runs helm on the cluster.
   * @param input what it reads from its standard input: the place for values.
   * @throws CommandFailed
   */
  helm(args: string[], input = ""): Promise<string> {
    return this.#helm(args, input, this.#cancelled);
  }

  /**
   * Asks helm something, also after the user has cancelled: what a cancelled operation has left behind must be known.
   * @throws CommandFailed
   */
  askHelm(args: string[]): Promise<string> {
    return this.#helm(args, "", AbortSignal.timeout(patience));
  }

  #helm(args: string[], input: string, signal: AbortSignal): Promise<string> {
    const context = this.#context ? ["--kube-context", this.#context] : [];
    return this.#run("helm", (kubeconfig) => [...args, "--kubeconfig", kubeconfig, ...context], input, signal);
  }

  async #ask(): Promise<string | undefined> {
    if (this.#problem) return this.#problem;
    try {
      // As the official plugin, which is told in whole seconds.
      const seconds = process.env["PULUMI_K8S_CLIENT_TIMEOUT"] ?? "30";
      await this.kubectl(["get", "--raw=/version", `--request-timeout=${seconds}s`]);
      return undefined;
    } catch (error) {
      return `unable to load schema information from the API server: ${(error as Error).message}`;
    }
  }

  async #run(
    file: string,
    argsFor: (kubeconfig: string) => string[],
    input: string,
    signal: AbortSignal,
  ): Promise<string> {
    const { path, text } = this.#kubeconfig ?? { path: "/dev/null", text: "" };
    const command = { file, input, env: environment(), signal };
    if (path) return run({ ...command, args: argsFor(path) });

    const folder = await mkdtemp(join(tmpdir(), "todo-stack-"));
    const temporary = join(folder, "kubeconfig");
    try {
      await writeFile(temporary, text, { mode: 0o600 });
      return await run({ ...command, args: argsFor(temporary) });
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

/** What the server or helm said, without the words that the commands put around it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof CommandFailed)) return (error as Error).message;
  const said = /(?:^|\n)Error: ([\s\S]*)/.exec(error.stderr)?.[1]?.trim() ?? error.message;
  return said.replace(/^(INSTALLATION|UPGRADE) FAILED: /, "").replace(/^Error from server \(\w+\): /, "");
}

const hasKubectl = (): boolean => which.sync("kubectl", { nothrow: true }) !== null;

/** What programs may know of the environment, and a cache of this project's own. */
const environment = (): NodeJS.ProcessEnv => ({
  ...pluginEnvironment(process.env),
  KUBECACHEDIR: join(cacheFolder, "kubectl"),
});
