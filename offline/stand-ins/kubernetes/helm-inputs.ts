import { reveal } from "../properties.ts";
import type { Properties } from "../properties.ts";

/** What a release is when its inputs do not say, as the official plugin fills it in. */
const defaults: Properties = {
  ...{ allowNullValues: false, atomic: false, chart: "", cleanupOnFail: false, createNamespace: false },
  ...{ dependencyUpdate: false, description: "", devel: false, disableCRDHooks: false },
  ...{ disableOpenapiValidation: false, disableWebhooks: false, forceUpdate: false, keyring: "", lint: false },
  ...{ name: "", namespace: "", postrender: "", recreatePods: false, renderSubchartNotes: false, replace: false },
  ...{ resetValues: false, reuseValues: false, skipAwait: false, skipCrds: false, takeOwnership: false, timeout: 0 },
  ...{ values: {}, verify: false, version: "", waitForJobs: false },
};

/** Inputs of the official plugin that have a default and do nothing here. */
const unsupported = [
  ...["dependencyUpdate", "devel", "disableCRDHooks", "disableOpenapiValidation", "disableWebhooks", "keyring", "lint"],
  ...["postrender", "recreatePods", "renderSubchartNotes", "replace", "repositoryOpts", "takeOwnership"],
  ...["valueYamlFiles", "verify"],
];

/** How long helm waits unless the inputs say otherwise, in seconds. */
const defaultTimeout = 300;

/** @throws Error for an input that would change what happens and that the stand-in does not know. */
export function refuseUnsupported(inputs: Properties): void {
  const unknownToUs = unsupported.filter((name) => isSet(inputs[name]));
  if (unknownToUs.length === 0) return;
  throw new Error(
    `the stand-in for the kubernetes plugin does not know these inputs of Release: ${unknownToUs.join(", ")}`,
  );
}

/** The inputs with their defaults, without what is no input. */
export function inputsWithDefaults(news: Properties, namespace: string): Properties {
  const known = Object.entries(news).filter(
    ([key, value]) => (key in defaults || key === "maxHistory") && value !== null,
  );
  const inputs: Properties = { ...defaults, ...Object.fromEntries(known) };
  if (inputs["namespace"] === "") inputs["namespace"] = namespace;
  if (inputs["skipAwait"] !== true && (news["timeout"] ?? null) === null) inputs["timeout"] = defaultTimeout;
  return inputs;
}

/** Flags of `helm install`. Values come on standard input, where nobody sees them. */
export const installFlags = (inputs: Properties): string[] => [
  ...commonFlags(inputs),
  ...when(inputs["createNamespace"], "--create-namespace"),
  ...when(inputs["skipCrds"], "--skip-crds"),
];

/** Flags of `helm upgrade`. Values come on standard input, where nobody sees them. */
export const upgradeFlags = (inputs: Properties): string[] => [
  ...commonFlags(inputs),
  ...when(inputs["cleanupOnFail"], "--cleanup-on-fail"),
  ...when(inputs["forceUpdate"], "--force"),
  ...when(inputs["resetValues"], "--reset-values"),
  ...when(inputs["reuseValues"], "--reuse-values"),
  `--history-max=${Number(inputs["maxHistory"] ?? 0)}`,
];

function commonFlags(inputs: Properties): string[] {
  const waits = inputs["skipAwait"] !== true;
  const description = reveal(inputs["description"] ?? "");
  return [
    "--values=-",
    `--timeout=${Number(inputs["timeout"] ?? 0) || defaultTimeout}s`,
    ...when(waits, "--wait"),
    ...when(waits && inputs["waitForJobs"] === true, "--wait-for-jobs"),
    ...when(inputs["atomic"], "--atomic"),
    ...(typeof description === "string" && description !== "" ? [`--description=${description}`] : []),
  ];
}

const when = (condition: unknown, flag: string): string[] => (condition === true ? [flag] : []);

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== "";
