import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

/** The settings of a stack, checked. Their meaning, types and defaults are declared in Pulumi.yaml. */
export interface Settings {
  profile: string;
  driver: string;
  /** At least 2. */
  cpus: number;
  /** In MB, at least 2048. */
  memory: number;
  /** Port on 127.0.0.1. */
  port: number;
  namespace: string;
}

/** What a machine has to give. */
export interface Machine {
  cpus: number;
  /** In MB. */
  memory: number;
}

type Declarations = Record<string, { default?: string | number }>;
type Check = (value: string) => string | undefined;

/**
 * Reads the settings of the current stack.
 * @param machine the machine that the cluster would run on. Defaults to this one.
 * @throws pulumi.RunError naming every setting that is wrong and what to type, in one message.
 */
export function loadSettings(machine: Machine = thisMachine()): Settings {
  const declared = declaredSettings();
  const problems = [...unknownKeys(declared), ...wrongValues(declared, machine)];
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  return {
    profile: valueOf("profile", declared),
    driver: valueOf("driver", declared),
    cpus: Number(valueOf("cpus", declared)),
    memory: Number(valueOf("memory", declared)),
    port: Number(valueOf("port", declared)),
    namespace: valueOf("namespace", declared),
  };
}

function unknownKeys(declared: Declarations): string[] {
  const prefix = `${pulumi.getProject()}:`;
  const given = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
  const unknown = given.map((key) => key.slice(prefix.length)).filter((key) => !Object.hasOwn(declared, key));
  const known = Object.keys(declared).join(", ");
  return unknown.map(
    (key) =>
      `${prefix}${key} is a setting that does not exist; known are ${known}. Type: npx pulumi config rm ${prefix}${key}`,
  );
}

function wrongValues(declared: Declarations, machine: Machine): string[] {
  const rules: Record<string, { check: Check; example: string | number }> = {
    profile: { check: profileName, example: "todo" },
    driver: { check: oneOf("docker", "hyperv", "kvm2", "parallels", "vfkit", "virtualbox"), example: "docker" },
    cpus: { check: amount(2, machine.cpus, "CPUs", declared.cpus?.default), example: 2 },
    memory: { check: amount(2048, machine.memory, "MB", declared.memory?.default), example: 2048 },
    port: { check: wholeNumber(1, 65535), example: 30080 },
    namespace: { check: namespaceName, example: "todo" },
  };
  return Object.entries(rules).flatMap(([key, { check, example }]) => {
    const value = valueOf(key, declared);
    const problem = check(value);
    if (problem === undefined) return [];
    const name = `${pulumi.getProject()}:${key}`;
    return [`${name} is ${value}, but ${problem}. Type, for example: npx pulumi config set ${key} ${example}`];
  });
}

/** Refuses what the machine does not have, save the default, which is lowered to fit when the cluster is made. */
function amount(least: number, available: number, unit: string, standard: string | number | undefined): Check {
  return (value) => {
    if (value === String(standard)) return undefined;
    const problem = wholeNumber(least)(value);
    if (problem !== undefined) return problem;
    return Number(value) <= available ? undefined : `this machine has ${available} ${unit}`;
  };
}

function wholeNumber(least: number, most?: number): Check {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= (most ?? Number.MAX_SAFE_INTEGER)
      ? undefined
      : `it must be a whole number ${range}`;
}

function oneOf(...allowed: string[]): Check {
  return (value) => (allowed.includes(value) ? undefined : `it must be one of ${allowed.join(", ")}`);
}

function profileName(value: string): string | undefined {
  // Minikube takes a name such as "todo-m2" for the second node of a cluster "todo".
  return /-m\d+$/.test(value) ? "Minikube keeps names that end in -m and a number for further nodes" : label(value);
}

function namespaceName(value: string): string | undefined {
  return value === "default" || value.startsWith("kube-") ? "Kubernetes keeps that name for itself" : label(value);
}

function label(value: string): string | undefined {
  return /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(value)
    ? undefined
    : "it must be 2 to 40 small letters, digits and dashes, and begin with a letter";
}

function valueOf(key: string, declared: Declarations): string {
  return new pulumi.Config().get(key) ?? String(declared[key]?.default ?? "");
}

function declaredSettings(): Declarations {
  const project = parse(readFileSync(join(import.meta.dirname, "Pulumi.yaml"), "utf8")) as { config: Declarations };
  return Object.fromEntries(Object.entries(project.config).filter(([key]) => !key.includes(":")));
}

function thisMachine(): Machine {
  return { cpus: availableParallelism(), memory: Math.floor(totalmem() / 2 ** 20) };
}
