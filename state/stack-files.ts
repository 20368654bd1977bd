import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { existsSync, readdirSync } from "node:fs";
import { parse } from "yaml";
import { readIfThere, readJson } from "../provider/processes/files.ts";
import type { Settings } from "../config.ts";
import { firstLine, messageOf, UserError } from "../provider/processes/errors.ts";
import { backendUrl, minikubeHome } from "../machine/paths.ts";

/** The settings of a stack that say where its cluster is, how large, and what is in it. None of them is a secret. */
export type PlainSettings = Pick<
  Settings,
  "profile" | "driver" | "cpus" | "memory" | "port" | "namespace" | "monitoring"
>;

/** What Pulumi's state says of a stack's cluster. */
export interface StackState {
  /** The life of the cluster; undefined when there is none. */
  instance?: string;
  /** Its profile and driver, whatever is set now; undefined when there is none. */
  cluster?: Partial<Pick<PlainSettings, "profile" | "driver">>;
  /** Minikube's home in which it was made, whatever the environment says now; undefined when there is none. */
  home?: string;
  /** Where the application answers; undefined before the first `up` has ended. */
  url?: string;
  /** The namespace in which the application is, whatever is set now; undefined when there is none. */
  namespace?: string;
  /** What the cluster was made with, and what cannot be changed about it; undefined when there is none. */
  made?: Pick<PlainSettings, "driver" | "cpus" | "memory"> & { ports: string[] };
  /** With which Kubernetes it was started last; undefined when there is none. */
  kubernetes?: { kubernetesVersion: string; containerRuntime: string };
}

/** Where a stack is to run, and what its settings say of a cluster that is there already. */
export interface StackTarget {
  target: string;
  context: string;
  clusterId: string;
  namespace: string;
  registry: string;
  platform: string;
  storageClass: string;
  ingressClass: string;
  gateway: string;
  /** File of further values of the chart, relative to the checkout. */
  values: string;
  /** What the controller for operations does: `off`, `watch` or `act`. */
  operations: string;
  /** Whether there is to be an account that may only look. */
  reader: boolean;
  isDatabaseOutside: boolean;
}

type Plain = string | number | boolean | undefined;

/** As much as is read of a resource's outputs. */
interface Outputs extends Partial<NonNullable<StackState["made"] & StackState["kubernetes"]>> {
  instance?: string;
  profile?: string;
  home?: string;
  url?: string;
  name?: string;
}

/** As much as is read of the resources in Pulumi's state. */
interface Deployment {
  resources?: { type: string; outputs?: Outputs }[];
}

/**
 * The settings of a stack with the cluster and the namespace that it has by its state, whatever is set now. Who goes to
 * what there is, goes by these; {@link plainSettings} are what is asked for.
 * @throws Error when a file cannot be read.
 */
export const knownSettings = (
  folder: string,
  stack: string,
  state: StackState | undefined = stackState(folder, stack),
): PlainSettings => ({
  ...plainSettings(folder, stack),
  ...state?.cluster,
  ...(state?.namespace === undefined ? {} : { namespace: state.namespace }),
});

/**
 * Reads the settings of a stack without running Pulumi: its own, else what `Pulumi.yaml` says.
 * @throws UserError when a file is no YAML.
 */
export const plainSettings = (folder: string, stack: string): PlainSettings => {
  const { valueOf } = settingsIn(folder, stack);
  return {
    profile: valueOf("profile"),
    driver: valueOf("driver"),
    cpus: Number(valueOf("cpus")),
    memory: Number(valueOf("memory")),
    port: Number(valueOf("port")),
    namespace: valueOf("namespace"),
    monitoring: valueOf("monitoring") === "true",
  };
};

/** What `Pulumi.STACK.yaml` says of a setting; an object for a secret. */
type Own = Record<string, Plain | object>;

/**
 * What a stack's settings say, as text: its own, else the default of `Pulumi.yaml`; empty for a secret.
 * @throws UserError when a file is no YAML.
 */
const settingsIn = (folder: string, stack: string): { own: Own; valueOf: (key: string) => string } => {
  const declared = readConfig(join(folder, "Pulumi.yaml")) as Record<string, { default?: Plain }>;
  const own = readConfig(join(folder, `Pulumi.${stack}.yaml`)) as Own;
  const valueOf = (key: string): string => {
    const value = own[`todo-stack:${key}`] ?? declared[key]?.default ?? "";
    return typeof value === "object" ? "" : String(value);
  };
  return { own, valueOf };
};

/**
 * Where a stack is to run by its settings, and what it says of that cluster; what it does not say is empty.
 * @throws UserError when a file is no YAML.
 */
export const targetIn = (folder: string, stack: string): StackTarget => {
  const { own, valueOf } = settingsIn(folder, stack);
  return {
    target: valueOf("target"),
    context: valueOf("context"),
    clusterId: valueOf("clusterId"),
    namespace: valueOf("namespace"),
    registry: valueOf("registry"),
    platform: valueOf("platform"),
    storageClass: valueOf("storageClass"),
    ingressClass: valueOf("ingressClass"),
    gateway: valueOf("gateway"),
    values: valueOf("values"),
    operations: valueOf("operations"),
    reader: valueOf("reader") === "true",
    isDatabaseOutside: own["todo-stack:databaseUrl"] !== undefined,
  };
};

/** The file in which Pulumi keeps the state of a stack. */
export const stateFile = (folder: string, stack: string): string =>
  join(folder, ".state", ".pulumi", "stacks", "todo-stack", `${stack}.json`);

/**
 * Reads what Pulumi's state file says of a stack, as it is.
 * @returns undefined when there is no such stack.
 * @throws Error when the file cannot be read.
 */
export const deploymentIn = (folder: string, stack: string): object | undefined => {
  const text = readIfThere(stateFile(folder, stack));
  if (text === undefined) return undefined;
  const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: object } };
  return checkpoint.latest ?? {};
};

/**
 * Reads the state of a stack without running Pulumi.
 * @returns undefined when there is no such stack.
 * @throws Error when the state cannot be read.
 */
export const stackState = (folder: string, stack: string): StackState | undefined => {
  const deployment = deploymentIn(folder, stack) as Deployment | undefined;
  if (deployment === undefined) return undefined;
  const outputsOf = (type: string) => deployment.resources?.find((each) => each.type === type)?.outputs;
  const { instance, profile, home, driver, cpus, memory, ports, ...cluster } =
    outputsOf("minikube:index:Cluster") ?? {};
  const { kubernetesVersion, containerRuntime } = cluster;
  const url = outputsOf("pulumi:pulumi:Stack")?.url;
  const namespace = outputsOf("minikube:index:Namespace")?.name;
  const isMade = driver !== undefined && cpus !== undefined && memory !== undefined && ports !== undefined;
  return {
    ...(instance === undefined ? {} : { instance, cluster: defined({ profile, driver }) }),
    ...(home === undefined ? {} : { home }),
    ...(url === undefined ? {} : { url }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(kubernetesVersion === undefined || containerRuntime === undefined
      ? {}
      : { kubernetes: { kubernetesVersion, containerRuntime } }),
    ...(isMade ? { made: { driver, cpus, memory, ports } } : {}),
  };
};

const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/**
 * Minikube's home of a stack: the one in which its cluster was made, else that of the environment. Another
 * XDG_CACHE_HOME or HOME must not part a stack from its cluster.
 */
export const homeOf = (folder: string, stack: string): string => {
  try {
    return stackState(folder, stack)?.home ?? minikubeHome;
  } catch {
    return minikubeHome;
  }
};

/** Minikube's homes of all stacks of a checkout, and that of the environment. */
export const homesOf = (folder: string): string[] => {
  const stacks = join(stateFile(folder, ""), "..");
  const names = existsSync(stacks) ? readdirSync(stacks).filter((name) => /^[^.]+\.json$/.test(name)) : [];
  return [...new Set([minikubeHome, ...names.map((name) => homeOf(folder, basename(name, ".json")))])];
};

/** Why the state of a stack cannot be read; undefined when it can, or is not there. */
export const damageOf = (folder: string, stack: string): string | undefined => {
  try {
    stackState(folder, stack);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

/** Where Pulumi keeps what it remembers of a checkout. It knows one by the path of its project. */
export const workspaceFile = (folder: string): string => {
  const project = createHash("sha1").update(join(folder, "Pulumi.yaml")).digest("hex");
  return join(folder, ".state", "pulumi-home", "workspaces", `todo-stack-${project}-workspace.json`);
};

/** The stack that `npx pulumi` works on when it is given none. Undefined when none is selected. */
export const selectedStack = (folder: string): string | undefined => {
  const workspace = readJson(workspaceFile(folder)) as { stacks?: Record<string, string> } | null | undefined;
  return workspace?.stacks?.[backendUrl(join(folder, ".state"))]?.split("/").at(-1);
};

const readConfig = (file: string): Record<string, unknown> => {
  try {
    return (parse(readIfThere(file) ?? "") as { config?: Record<string, unknown> } | null)?.config ?? {};
  } catch (error) {
    throw new UserError(
      `${file} cannot be read: ${firstLine(error)}`,
      "Fix it: git diff shows what was changed.",
      error,
    );
  }
};
