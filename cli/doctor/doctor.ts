import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { styleText } from "node:util";
import packages from "../../package.json" with { type: "json" };
import { buildProxies, loopbackProxies } from "../../provider/resources/images/build-proxies.ts";
import { availableCapacity } from "../../provider/cluster/docker/capacity.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { dockerCapacity, lookAtContainer, thingsNamed } from "../../provider/cluster/docker/docker.ts";
import { workersOf } from "../../provider/cluster/minikube/worker-nodes.ts";
import { driftOf } from "../../provider/diagnosis/release-drift.ts";
import { Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { Enforcer } from "../../provider/cluster/kubernetes/policy-enforcer.ts";
import { pluginEnvironment } from "../../provider/processes/user-environment.ts";
import { unusedSettings } from "../../machine/docker-config.ts";
import { environment } from "../../machine/tool-environment.ts";
import { imagesAreOutOfReach, outOfReach } from "../../machine/machine.ts";
import { readKept } from "../../data/kept-backup.ts";
import { locksOn } from "../../state/stack-locks.ts";
import { enforcerIn, lookAtCluster, namespaceIn } from "../../state/access/own-cluster.ts";
import type { OwnCluster, Place } from "../../state/access/own-cluster.ts";
import { placeOf } from "../../state/access/reach.ts";
import { unfitForNode } from "../../machine/proxies.mjs";
import { problemOfPassphrase } from "../../state/passphrase.ts";
import { pluginsIn } from "../../setup/plugins.ts";
import { imagesAreMadeHere } from "../../offline/registries/images/made-here.ts";
import { damageOf, plainSettings, selectedStack, stateFile } from "../../state/stack-files.ts";
import { stackName } from "../../state/stack.ts";
import { table } from "../table.ts";
import { kubeconform, kubeScore, untt } from "../../setup/tools/chart-checkers.ts";
import { helm } from "../../setup/tools/helm-tool.ts";
import { actionlint, hadolint, shellcheck } from "../../setup/tools/linters.ts";
import { minikube } from "../../setup/tools/minikube-tool.ts";
import { pulumi } from "../../setup/tools/pulumi-tool.ts";
import { executable, versionOnPath } from "../../machine/tool-download.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { uv } from "../../setup/tools/uv-tool.ts";
import { isExisting, targetFacts } from "../../pulumi/existing-target.ts";
import { onExisting } from "./existing.ts";
import { accessTo, passphraseFacts } from "./facts.ts";
import { onDockerSettings, onPlugins, onProxies, onSources } from "./origins.ts";
import { lookAtPort } from "./port.ts";
import { onTakenAlong } from "./taken-along.ts";
import * as verdicts from "./verdicts.ts";
import type { Finding, ToolFacts } from "./verdicts.ts";

/** Where to look, and in what environment. */
export interface Patient extends Place {
  commands: Commands;
  /** The environment in which the stack's commands run. */
  env: NodeJS.ProcessEnv;
}

/** Long enough for a loaded machine, short enough for a person. */
const patience = 60_000;

/**
 * Looks at everything that the stack needs, and says what is wrong and what to type. Installs and changes nothing.
 * @param json true for JSON instead of a table.
 * @returns the exit code: 1 if something fails.
 */
export const doctor = async (json: boolean): Promise<number> => {
  const env = environment();
  const commands = new Commands(env, AbortSignal.timeout(patience));
  const findings = await examine({ commands, env, ...placeOf(stackName()) });
  const linked = findings.map((finding) => ({ ...finding, link: verdicts.linkTo(finding) }));
  console.log(json ? JSON.stringify(linked, undefined, 2) : report(findings));
  return findings.some(({ verdict }) => verdict === "fail") ? 1 : 0;
};

/** Says of each thing that a stack needs how it is; what there is not yet, is left out. */
export const examine = async (patient: Patient): Promise<Finding[]> => [
  verdicts.onTool(
    { name: "Node", accepts: packages.engines.node, version: process.versions.node },
    "Install it: https://nodejs.org",
  ),
  ...(await onTools(patient)),
  ...(await onOrigins(patient)),
  ...(await onMachine(patient)),
  ...onPulumi(patient),
];

const onTools = async ({ env }: Patient): Promise<Finding[]> => {
  const find = async (tools: Tool[]): Promise<ToolFacts[]> =>
    await Promise.all(
      tools.map(async (tool) => ({
        name: tool.name,
        accepts: tool.accepts,
        // As set-up does: one that it has installed is there, and one of them cannot say its version.
        version: existsSync(executable(tool)) ? tool.version : await versionOnPath(tool, env),
      })),
    );
  const forStack = [pulumi, minikube, helm];
  const forTests = [untt, kubeconform, kubeScore, uv, hadolint, shellcheck, actionlint];
  const found = await find(forStack);
  return [...found.map((tool) => verdicts.onTool(tool)), verdicts.onTestTools(await find(forTests))];
};

const onOrigins = async ({ folder }: Patient): Promise<Finding[]> => [
  onPlugins(await pluginsIn(join(folder, ".state", "pulumi-home", "plugins"))),
  onSources(outOfReach(), imagesAreMadeHere() ? "made here" : imagesAreOutOfReach() ? "out of reach" : "fetched"),
];

const onMachine = async (patient: Patient): Promise<Finding[]> => {
  const { commands, folder, stack } = patient;
  if (isExisting(stack, folder)) return await onExisting(targetFacts(folder, stack), commands, folder);
  const cluster = await lookAtCluster(commands, patient);
  const { settings, life, mark, made } = cluster;
  const asked = plainSettings(folder, stack);
  const docker = await dockerCapacity(commands).catch(asError);
  const available = asked.driver === "docker" ? docker : await availableCapacity(commands, asked.driver);
  // What an interrupted start has left is marked as ours. What Docker cannot say now, `up` will.
  const isFree = life === "missing" && mark === undefined;
  const inDocker = isFree ? await thingsNamed(commands, settings.profile).catch(() => []) : [];
  const isOurs = life === "running" && (made?.ports.includes(asked.port) ?? false);
  return [
    verdicts.onDocker(docker),
    onDockerSettings(unusedSettings(pluginEnvironment(patient.env))),
    onProxies(buildProxies(patient.env), loopbackProxies(patient.env), unfitForNode(patient.env)),
    available instanceof Error ? undefined : verdicts.onSize(asked, available),
    await lookAtPort(asked.port, isOurs),
    verdicts.onProfile(cluster, inDocker, asked.profile),
    verdicts.onNodes(await workersIn(commands, cluster)),
    life === "foreign" ? undefined : verdicts.onRuntime(made?.containerRuntime),
    verdicts.onNetworkPolicies(await enforcer(cluster)),
    verdicts.onDisk(await freeDisk(commands, cluster)),
    verdicts.onDrift(await drift(cluster)),
  ].filter((finding) => finding !== undefined);
};

/** The nodes besides the first of a cluster that runs. */
const workersIn = async (commands: Commands, { life, home, settings }: OwnCluster) => {
  const workers = life === "running" ? workersOf({ home, profile: settings.profile }) : [];
  const looks = workers.map(async ({ machine }) => ({ machine, ...(await lookAtContainer(commands, machine)) }));
  return await Promise.all(looks);
};

const enforcer = async (cluster: OwnCluster): Promise<Enforcer | Error | undefined> =>
  cluster.life === "running" ? await enforcerIn(cluster).catch(asError) : undefined;

/** MB on the disk on which the node builds and keeps images. */
const freeDisk = async (commands: Commands, { life, settings }: OwnCluster): Promise<number | undefined> => {
  if (life !== "running" || settings.driver !== "docker") return undefined;
  const df = ["exec", settings.profile, "df", "--output=avail", "--block-size=1M", "/var"];
  const { ok, stdout } = await commands.run("docker", df);
  return ok ? Number(stdout.trim().split("\n").at(-1)) : undefined;
};

const drift = async (cluster: OwnCluster): Promise<string[] | Error | undefined> => {
  if (cluster.life !== "running") return undefined;
  const ref = namespaceIn(cluster, cluster.settings.namespace);
  return await Namespace.use(ref, (namespace) => driftOf(namespace, "todo")).catch(asError);
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const onPulumi = ({ folder, stack, env }: Patient): Finding[] => {
  const file = stateFile(folder, stack);
  const exists = existsSync(file);
  const selected = (env.PULUMI_STACK ?? "").split("/").at(-1) || selectedStack(folder);
  return [
    verdicts.onState(accessTo(join(folder, ".state")), damageOf(folder, stack), relative(folder, file)),
    verdicts.onPassphrase(passphraseFacts(folder, env), exists, problemOfPassphrase(folder, stack, env)),
    verdicts.onStack(stack, exists, selected),
    verdicts.onLock(stack, locksOn(folder, stack)),
    onTakenAlong(readKept(stack, join(folder, ".state"))),
  ].filter((finding) => finding !== undefined);
};

const colours = { pass: "green", warn: "yellow", fail: "red" } as const;

/** Puts findings on a screen, with colours on a terminal. */
export const report = (findings: Finding[]): string => {
  const rows = findings.flatMap((finding) => {
    const { name, verdict, text, next } = finding;
    return [
      [styleText(colours[verdict], verdict), name, text],
      ...(next === undefined ? [] : [`→ ${next}`, `  ${verdicts.linkTo(finding)}`].map((line) => ["", "", line])),
    ];
  });
  const count = (verdict: Finding["verdict"]): number => findings.filter((each) => each.verdict === verdict).length;
  const summary = `${count("pass")} pass, ${count("warn")} warn, ${count("fail")} fail`;
  return `${table(rows)}\n\n${summary}`;
};
