import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config.js";
import { parse } from "yaml";
import { amount, namespaceName, oneOf, profileName, wholeNumber } from "./components/settings/setting-checks.ts";
import type { Check, Default } from "./components/settings/setting-checks.ts";
import { problemOfDatabaseUrl } from "./components/settings/database-url.ts";
import { developmentVariable } from "./components/lib/development.ts";
import { type Egress, egressTo } from "./components/settings/egress.ts";
import { existingSettings, networkRange, problemsOfTarget } from "./components/settings/existing-settings.ts";
import type { ExistingSettings } from "./components/settings/existing-settings.ts";
import { problemOfHost } from "./components/settings/host.ts";
import { operationsRules, operationsSettings } from "./components/settings/operations-settings.ts";
import type { OperationsSettings } from "./components/settings/operations-settings.ts";
import { problemOfWebhook } from "./components/settings/webhook-settings.ts";
import { redact } from "./provider/processes/redact.ts";

/**
 * The settings of a stack, checked. Their meaning, types and defaults are declared in Pulumi.yaml.
 * CONTRIBUTING.md lists what else belongs to a new one.
 */
export interface Settings extends OperationsSettings {
  /** The cluster that is there already and runs the application; undefined for a Minikube of the stack's own. */
  existing: ExistingSettings | undefined;
  profile: string;
  driver: string;
  /** At least 2. */
  cpus: number;
  /** In MB, at least 2048. */
  memory: number;
  /** Of the Minikube; more than one with the driver docker alone. */
  nodes: number;
  /** Port on 127.0.0.1. */
  port: number;
  namespace: string;
  /** Number of the JWT secret, from 1. */
  jwtSecretGeneration: number;
  /** Number of the password of the database in the cluster, from 1. */
  databasePasswordGeneration: number;
  /** URL of a PostgreSQL outside; undefined for the one in the cluster. */
  databaseUrl: pulumi.Output<string> | undefined;
  /** Keys of language models by the name of the backend's setting; empty for the assistant by rules. */
  keys: Record<string, pulumi.Output<string>>;
  /** Empty for what the key's own service has. */
  languageModel: { baseUrl: string; name: string };
  /** What of this the backend must reach outside the cluster. */
  egress: Egress[];
  /** Whether a Prometheus reads the metrics. */
  monitoring: boolean;
  /** Whether there is an account that may only look. */
  reader: boolean;
  /** Whether pods get their code from `npm run dev`. No setting: the next `up` without it leads back. */
  development: boolean;
}

/** What a machine has to give. */
export interface Machine {
  cpus: number;
  /** In MB. */
  memory: number;
}

type Declarations = Record<string, { default?: Default }>;

/**
 * Reads the settings of the current stack.
 * @param machine the machine that the cluster would run on. Defaults to this one.
 * @throws pulumi.RunError naming every setting that is wrong and what to type, in one message.
 */
export function loadSettings(machine: Machine = thisMachine()): Settings {
  const declared = declaredSettings();
  const isDevelopment = process.env[developmentVariable] !== undefined;
  const problems = [
    ...unknownKeys(declared),
    ...wrongValues(declared, machine),
    ...wrongSecrets(),
    ...nodesWithoutDocker(declared),
    ...problemsOfTarget((key) => chosen(key, declared), isDevelopment).map(
      (problem) => `${pulumi.getProject()}:${problem}`,
    ),
  ];
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  const existing = valueOf("target", declared) === "kubernetes";
  return {
    existing: existing ? existingSettings((key) => valueOf(key, declared), secretOf("registryPassword")) : undefined,
    profile: valueOf("profile", declared),
    driver: valueOf("driver", declared),
    cpus: Number(valueOf("cpus", declared)),
    memory: Number(valueOf("memory", declared)),
    nodes: Number(valueOf("nodes", declared)),
    port: Number(valueOf("port", declared)),
    namespace: valueOf("namespace", declared),
    jwtSecretGeneration: Number(valueOf("jwtSecretGeneration", declared)),
    databasePasswordGeneration: Number(valueOf("databasePasswordGeneration", declared)),
    databaseUrl: secretOf("databaseUrl"),
    keys: Object.fromEntries(
      Object.entries(llmKeys).flatMap(([key, name]) => {
        const value = secretOf(key);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    languageModel: { baseUrl: valueOf("llmBaseUrl", declared), name: valueOf("llmModel", declared) },
    egress: egress(),
    monitoring: valueOf("monitoring", declared) === "true",
    ...operationsSettings((key) => valueOf(key, declared), given("operationsWebhook")),
    reader: valueOf("reader", declared) === "true",
    development: isDevelopment,
  };
}

/** The keys of language models, and the backend's names for them. */
const llmKeys = { openaiApiKey: "OPENAI_API_KEY", cohereApiKey: "COHERE_API_KEY" };

/** The settings that are secret, with what each must be. Their checks must not repeat the value. */
const secrets: Record<string, Check> = {
  databaseUrl: problemOfDatabaseUrl,
  openaiApiKey: modelKey,
  cohereApiKey: modelKey,
  operationsWebhook: (url) => problemOfWebhook(url, given("operations") ?? "off"),
  registryPassword: () => undefined,
};

function wrongSecrets(): string[] {
  return Object.entries(secrets).flatMap(([key, check]) => {
    const value = given(key);
    if (value === undefined) return [];
    const name = `${pulumi.getProject()}:${key}`;
    const problem = isEncrypted(name) ? check(value) : "stands unencrypted in the stack's settings; count it as known";
    return problem === undefined ? [] : [`${name} ${problem}. Type: npx pulumi config set --secret ${key}`];
  });
}

/** The SDK knows which values were encrypted, and does not declare how to ask. */
function isEncrypted(name: string): boolean {
  return (runtimeConfig as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(name);
}

/** What goes into a header of HTTP. A library's complaint about anything else repeats the key. */
function modelKey(value: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(value) ? undefined : "holds a space, a line break or a letter that no key has";
}

function httpUrl(value: string): string | undefined {
  if (value === "") return undefined;
  if (!/^https?:\/\/[^/]/.test(value) || !URL.canParse(value)) return "it must be a URL that begins with https://";
  const { username, password, search, hash, hostname } = new URL(value);
  if (`${username}${password}${search}${hash}` !== "") {
    return "it must end with its path: it is no secret, so a key belongs into openaiApiKey or cohereApiKey";
  }
  const problem = problemOfHost(hostname);
  if (problem !== undefined) return `it ${problem}`;
  return Object.keys(llmKeys).some(given) ? undefined : "it is of no use without openaiApiKey or cohereApiKey";
}

function egress(): Egress[] {
  const databaseUrl = given("databaseUrl");
  // A name may stand for a private address, which the network of all addresses of the Internet leaves out.
  const databaseCidr = given("databaseCidr");
  const needsModel = Object.keys(llmKeys).some(given);
  return [
    ...(databaseUrl === undefined ? [] : [{ ...egressTo(databaseUrl), ...(databaseCidr && { cidr: databaseCidr }) }]),
    ...(needsModel ? [egressTo(given("llmBaseUrl") ?? "https://api.openai.com")] : []),
  ];
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
    target: { check: oneOf("minikube", "kubernetes"), example: "minikube" },
    platform: { check: oneOf("linux/amd64", "linux/arm64"), example: "linux/amd64" },
    databaseCidr: { check: networkRange, example: "10.0.0.0/16" },
    profile: { check: profileName, example: "todo" },
    driver: { check: oneOf("docker", "hyperv", "kvm2", "parallels", "vfkit", "virtualbox"), example: "docker" },
    cpus: { check: amount(2, machine.cpus, "CPUs", declared.cpus?.default), example: 2 },
    memory: { check: amount(2048, machine.memory, "MB", declared.memory?.default), example: 2048 },
    nodes: { check: wholeNumber(1, 9), example: 3 },
    port: { check: wholeNumber(1, 65535), example: 30080 },
    namespace: { check: namespaceName, example: "todo" },
    jwtSecretGeneration: { check: wholeNumber(1), example: 1 },
    databasePasswordGeneration: { check: wholeNumber(1), example: 1 },
    llmBaseUrl: { check: httpUrl, example: "https://llm.example.com/v1" },
    monitoring: { check: oneOf("true", "false"), example: "true" },
    ...operationsRules(valueOf("operations", declared)),
    reader: { check: oneOf("true", "false"), example: "true" },
  };
  return Object.entries(rules).flatMap(([key, { check, example }]) => {
    const value = valueOf(key, declared);
    const problem = check(value);
    if (problem === undefined) return [];
    const name = `${pulumi.getProject()}:${key}`;
    // Somebody may have put a secret where none belongs.
    const shown = key === "llmBaseUrl" ? redact(value).replace(/[?#].*$/s, "[hidden]") : redact(value);
    return [`${name} is ${shown}, but ${problem}. Type, for example: npx pulumi config set ${key} ${example}`];
  });
}

/** A virtual machine publishes no port, and images get into the daemons of further nodes by Docker. */
function nodesWithoutDocker(declared: Declarations): string[] {
  const driver = valueOf("driver", declared);
  if (driver === "docker" || valueOf("nodes", declared) === "1") return [];
  const name = `${pulumi.getProject()}:nodes`;
  return [
    `${name} is ${valueOf("nodes", declared)}, but the driver is ${driver}: more than one node needs the driver docker. Type: npx pulumi config rm nodes`,
  ];
}

/** A value that the stack sets, and not to nothing. */
function given(key: string): string | undefined {
  return new pulumi.Config().get(key) || undefined;
}

/** The same, and not to its default, which the engine gives as if the stack had set it. */
function chosen(key: string, declared: Declarations): string | undefined {
  const value = given(key);
  return value === String(declared[key]?.default) ? undefined : value;
}

function secretOf(key: string): pulumi.Output<string> | undefined {
  return given(key) === undefined ? undefined : new pulumi.Config().requireSecret(key);
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
