import semver from "semver";
import { fit } from "../../provider/cluster/docker/capacity.ts";
import type { Capacity, ContainerState } from "../../provider/cluster/docker/docker.ts";
import type { Enforcer } from "../../provider/cluster/kubernetes/policy-enforcer.ts";
import type { PassphraseProblem } from "../../state/passphrase.ts";
import type { Lock } from "../../state/stack-locks.ts";
import type { OwnCluster } from "../../state/access/own-cluster.ts";

/** What the doctor says about one thing. */
export interface Finding {
  name: string;
  /** Only `fail` keeps the stack from working. */
  verdict: "pass" | "warn" | "fail";
  /** What was found. */
  text: string;
  /** What to type or do; undefined when all is well. */
  next?: string;
}

/** What was found out about a tool. */
export interface ToolFacts {
  name: string;
  /** The versions that will do, as a semver range. */
  accepts: string;
  /** Undefined when it is not there. */
  version: string | undefined;
}

/** What was found out about the passphrase of the state. */
export type PassphraseFacts = "brought by the user" | "missing" | { mode: number };

/** All is well. */
export const pass = (name: string, text: string): Finding => ({ name, verdict: "pass", text });

/** It works, and could be better. */
export const warn = (name: string, text: string, next: string): Finding => ({ name, verdict: "warn", text, next });

/** It keeps the stack from working. */
export const fail = (name: string, text: string, next: string): Finding => ({ name, verdict: "fail", text, next });

/** Errors for users say what is wrong, and what to do in the next line. */
const failBy = (name: string, { message }: Error): Finding => {
  const [text = "", next = ""] = message.split("\n  ");
  return fail(name, text, next);
};

const setUp = "Type: npm run setup";

/** A tool without which the stack cannot be brought up, and what to type for another. */
export const onTool = ({ name, accepts, version }: ToolFacts, next = setUp): Finding => {
  if (version === undefined) return fail(name, `is missing; ${accepts} is needed`, next);
  return semver.satisfies(version, accepts) ? pass(name, version) : fail(name, `${version} is not ${accepts}`, next);
};

/** The tools that only the tests need. */
export const onTestTools = (tools: ToolFacts[]): Finding => {
  const name = "tools for tests";
  // Some wheels count their builds: 0.11.0.1.
  const bad = tools.filter(({ version, accepts }) => !semver.satisfies(semver.coerce(version) ?? "", accepts));
  if (bad.length === 0) return pass(name, tools.map((tool) => `${tool.name} ${tool.version ?? ""}`).join(", "));
  const names = bad.map((tool) => `${tool.name} ${tool.accepts}`).join(", ");
  return warn(name, `missing: ${names}`, "Only the tests need them. They are installed by: npm test");
};

/** @param docker what Docker has to give, or the error that it gives. */
export const onDocker = (docker: Capacity | Error): Finding => {
  if (docker instanceof Error) return failBy("Docker", docker);
  return pass("Docker", `answers, and has ${docker.cpus} CPUs and ${docker.memory} MB`);
};

/** What there is for a cluster against what the settings ask for. */
export const onSize = (asked: Capacity, available: Capacity): Finding => {
  const name = "CPUs, memory";
  const lowered: string[] = [];
  try {
    const { cpus, memory } = fit(asked, available, (line) => lowered.push(line));
    if (lowered.length === 0) return pass(name, `${cpus} CPUs and ${memory} MB for the cluster`);
    return warn(name, lowered.join(" "), "It works with that. For more, give Docker more before the cluster is made.");
  } catch (error) {
    return failBy(name, error as Error);
  }
};

/** @param inDocker what Docker has under the profile's name. */
export const onProfile = (
  cluster: Pick<OwnCluster, "settings" | "life" | "mark" | "state">,
  inDocker: string[],
  asked: string = cluster.settings.profile,
): Finding => {
  const { profile } = cluster.settings;
  const name = "cluster";
  if (asked !== profile) {
    const text = `the cluster of this stack is ${profile}, and the settings ask for ${asked}`;
    return fail(name, text, `No command renames a cluster. Type: npx pulumi config set profile ${profile}`);
  }
  const another = "Choose another name: npx pulumi config set profile NAME";
  switch (cluster.life) {
    case "foreign":
      return fail(name, `Minikube profile ${profile} belongs to ${cluster.mark?.owner ?? "somebody else"}`, another);
    case "missing":
      if (cluster.state.instance !== undefined) {
        const next = "To have it made anew, with an empty database, type: npx pulumi up";
        return warn(name, `${profile} is gone, though this stack has made it`, next);
      }
      if (inDocker.length === 0) return pass(name, `not made yet; the name ${profile} is free`);
      return fail(name, `Docker has a ${inDocker.join(" and a ")} that this stack has not made`, another);
    case "paused":
      return warn(name, `${profile} is paused`, "To let it run on, type: npm start");
    case "stopped":
      return warn(name, `${profile} is stopped, and its data are kept`, "To start it, type: npm start");
    case "elsewhere": {
      const engine =
        cluster.mark?.engine === undefined
          ? "another Docker engine"
          : `the Docker engine at ${cluster.mark.engine.host}`;
      return fail(
        name,
        `${profile} is in ${engine}`,
        "Make that one current: docker context ls, docker context use NAME",
      );
    }
    case "unknown":
      return warn(name, `it is not known whether ${profile} runs`, "When Docker answers, type: npm start");
    case "running":
      return pass(name, `${profile} runs, and is this stack's`);
  }
};

/** @param workers the nodes besides the first, each with how its container is. */
export const onNodes = (workers: { machine: string; state: ContainerState }[]): Finding | undefined => {
  if (workers.length === 0) return undefined;
  const away = workers.flatMap(({ machine, state }) => (state === "running" ? [] : [`${machine} is ${state}`]));
  if (away.length === 0) return pass("nodes", `all ${workers.length + 1} run`);
  return warn("nodes", away.join(", "), "To start it, or to have it made anew, type: npx pulumi up");
};

/** @param runtime what Minikube was told when the cluster was made; undefined when there is none. */
export const onRuntime = (runtime: string | undefined): Finding | undefined => {
  if (runtime === undefined) return undefined;
  const next = "Save the data, then make the cluster anew. Type: npm run backup; npm run destroy; npm start";
  return runtime === "docker"
    ? pass("runtime", "docker")
    : fail("runtime", `is ${runtime || "not known"}; images cannot be built into it`, next);
};

/** @param enforcer what enforces NetworkPolicies, or why Kubernetes cannot say; undefined when no cluster runs. */
export const onNetworkPolicies = (enforcer: Enforcer | Error | undefined): Finding | undefined => {
  const name = "NetworkPolicies";
  if (enforcer === undefined) return undefined;
  if (enforcer === "kube-router") return pass(name, "enforced by kube-router");
  if (enforcer === "none") return warn(name, "are NOT enforced", "Type: npx pulumi up --refresh");
  return warn(
    name,
    `Kubernetes cannot be asked: ${enforcer.message || enforcer.name}`,
    "To see more, type: npm run status",
  );
};

/** @param free MB on the disk of the cluster's node; undefined when no cluster runs. */
export const onDisk = (free: number | undefined): Finding | undefined => {
  const name = "disk";
  if (free === undefined) return undefined;
  const text = `${(free / 1024).toFixed(1)} GB free in the cluster's node`;
  const inNode = "docker exec PROFILE docker builder prune --force";
  const next = `Type: docker image prune; docker builder prune. What builds left in the cluster's node: ${inNode}`;
  if (free < 1024) return fail(name, `${text}; building an image needs about 1 GB`, next);
  return free < 3072 ? warn(name, text, next) : pass(name, text);
};

/** @param drift objects that were edited or deleted by hand, or why nobody can say; undefined when none is there. */
export const onDrift = (drift: string[] | Error | undefined): Finding | undefined => {
  const name = "release";
  if (drift === undefined) return undefined;
  if (drift instanceof Error) return warn(name, `cannot be looked at: ${drift.message}`, "Type: npm run status");
  if (drift.length === 0) return pass(name, "its objects are as they were released");
  return warn(name, `edited or deleted by hand: ${drift.join(", ")}`, "To put them back, type: npx pulumi up");
};

/** Where more is said about a finding: a heading of `docs/doctor.md`. */
export const linkTo = ({ name }: Finding): string =>
  `docs/doctor.md#${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-")}`;

/**
 * The folder and the file of Pulumi's state.
 * @param access whether the folder is there, and may be read and written.
 * @param damage why the file cannot be read; undefined when it can, or is not there yet.
 */
export const onState = (
  access: "missing" | "denied" | "granted",
  damage: string | undefined,
  file: string,
): Finding => {
  if (access === "missing") return fail("state", "there is no folder .state yet", setUp);
  if (access === "denied") {
    return fail(
      "state",
      ".state cannot be read and written",
      "Type: sudo chown -R $(id -u) .state; chmod -R u+rwX .state",
    );
  }
  if (damage === undefined) return pass("state", "can be read and written");
  const next = `Put back the copy of the state before. Type: cp ${file}.bak ${file}`;
  return fail("state", `${file} is damaged: ${damage}`, next);
};

/**
 * @param needed whether there is a state that was encrypted with it.
 * @param problem why it does not decrypt the state or the settings; undefined when it does.
 */
export const onPassphrase = (facts: PassphraseFacts, needed: boolean, problem?: PassphraseProblem): Finding => {
  const name = "passphrase";
  if (problem !== undefined && facts !== "missing") return fail(name, problem.what, problem.next);
  if (facts === "brought by the user") return pass(name, "by PULUMI_CONFIG_PASSPHRASE");
  if (facts === "missing") {
    if (!needed) return fail(name, "not made yet", setUp);
    const next = "Put it back into .state/passphrase, or set PULUMI_CONFIG_PASSPHRASE to it";
    return fail(name, "is missing, and the state is encrypted with it", next);
  }
  if ((facts.mode & 0o077) === 0) return pass(name, ".state/passphrase, for you alone");
  return fail(name, "can be read by others", "Type: chmod 600 .state/passphrase");
};

/** @param selected the stack that `npx pulumi` works on. */
export const onStack = (stack: string, exists: boolean, selected: string | undefined): Finding => {
  if (!exists) return fail("stack", `${stack} is not made yet`, setUp);
  if (selected === stack) return pass("stack", stack);
  const text = `npx pulumi works on ${selected ?? "none"}, npm start on ${stack}`;
  return warn("stack", text, `Type: npx pulumi stack select ${stack}`);
};

/** Locks: one that a killed run has left, the next run takes away. */
export const onLock = (stack: string, locks: Omit<Lock, "file">[]): Finding => {
  const left = locks.find(({ alive }) => alive === false);
  if (left !== undefined) {
    const text = `left by process ${left.pid}, which has ended`;
    return warn("lock", text, `Type: npx pulumi up --stack ${stack}, which removes it`);
  }
  const [held] = locks;
  if (held === undefined) return pass("lock", "none");
  const where = held.alive === undefined ? ` on ${held.host}` : "";
  const cancel = `npx pulumi cancel --stack ${stack}`;
  return warn(
    "lock",
    `held by process ${held.pid}${where}`,
    `Wait until it has ended. If it is not Pulumi, type: ${cancel}`,
  );
};
