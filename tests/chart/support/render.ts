import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { parse, parseAllDocuments, stringify } from "yaml";

/** Path of the chart under test. */
export const CHART = fileURLToPath(new URL("../../../charts/todo/", import.meta.url));

/** The values a release cannot do without. */
export const REQUIRED = [
  "backend.image.tag=b1",
  "frontend.image.tag=f1",
  "secrets.backend=backend-1",
  "secrets.postgres=postgres-1",
];

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as varied as Kubernetes' objects
type Spec = Record<string, any>;

/** Fields of Kubernetes objects that the tests read. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels: Record<string, string>; annotations?: Record<string, string> };
  spec?: Spec;
  data?: Record<string, string>;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: unknown }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: Record<string, unknown>;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  [field: string]: unknown;
}

export interface Options {
  /** Overlays by file name inside the chart. */
  readonly overlays?: readonly string[];
  /** `key=value` settings after the required ones. */
  readonly set?: readonly string[];
  /** Values as in a file, after the overlays. */
  readonly values?: object;
  /** Settings in place of the required ones. */
  readonly required?: readonly string[];
  readonly release?: string;
  /** Versions of APIs that the cluster has besides Kubernetes' own. */
  readonly apis?: readonly string[];
}

/** Renders the chart as Helm would install it on Kubernetes 1.34. */
export async function render(options: Options = {}): Promise<Manifest[]> {
  const { stdout } = await helmTemplate(options);
  // Kubernetes reads YAML 1.1, in which 0440 is octal.
  return parseAllDocuments(stdout, { version: "1.1" })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest): manifest is Manifest => manifest !== null);
}

/** What Helm says when it refuses these values; fails if it accepts them. */
export async function refusal(options: Options): Promise<string> {
  const result = await helmTemplate(options, false);
  if (result.exitCode === 0) throw new Error(`Helm accepted ${JSON.stringify(options)}`);
  return result.stderr;
}

export async function readChartFile(name: string): Promise<string> {
  return readFile(`${CHART}${name}`, "utf8");
}

export async function readChartYaml(name: string): Promise<Record<string, unknown>> {
  return parse(await readChartFile(name)) as Record<string, unknown>;
}

/** The one object of this kind and name; fails, naming what there is, if there is none. */
export function pick(manifests: readonly Manifest[], kind: string, name: string): Manifest & { spec: Spec } {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found) return { ...found, spec: found.spec ?? {} };
  const present = manifests.map((manifest) => `${manifest.kind}/${manifest.metadata.name}`).join(", ");
  throw new Error(`no ${kind}/${name} among ${present}`);
}

export interface Pod {
  /** Kind and name of the object that makes the pod. */
  owner: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: Spec;
}

/** Every pod template of the objects. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests.flatMap((manifest) => {
    const template = manifest.kind === "Pod" ? manifest : manifest.spec?.["template"];
    if (!template?.spec?.containers) return [];
    const { labels, annotations = {} } = template.metadata;
    return [{ owner: `${manifest.kind}/${manifest.metadata.name}`, labels, annotations, spec: template.spec }];
  });
}

/** Every container and init container, with a name that tells where it is. */
export function containersOf(manifests: readonly Manifest[]): { where: string; init: boolean; container: Container }[] {
  return podsOf(manifests).flatMap(({ owner, spec }) => [
    ...(spec["initContainers"] ?? []).map((container: Container) => ({
      where: `${owner}, init container ${container.name}`,
      init: true,
      container,
    })),
    ...spec["containers"].map((container: Container) => ({
      where: `${owner}, container ${container.name}`,
      init: false,
      container,
    })),
  ]);
}

function helmTemplate(options: Options, reject = true) {
  const settings = [...(options.required ?? REQUIRED), ...(options.set ?? [])];
  return execa(
    "helm",
    [
      "template",
      options.release ?? "todo",
      CHART,
      "--namespace=todo",
      "--kube-version=1.34.4",
      ...(options.apis ?? []).map((api) => `--api-versions=${api}`),
      ...(options.overlays ?? []).map((name) => `--values=${CHART}${name}`),
      ...(options.values ? ["--values=-"] : []),
      ...settings.map((setting) => `--set=${setting}`),
    ],
    { reject, ...(options.values && { input: stringify(options.values) }) },
  );
}
