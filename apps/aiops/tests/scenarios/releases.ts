import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { CoreV1Api } from "@kubernetes/client-node";
import type { KubeConfig, V1ConfigMap } from "@kubernetes/client-node";
import { releasedLabel } from "../../src/controller/rendered-objects.ts";
import { readReleased } from "../../src/diagnosis/released-objects.ts";
import { nameOf } from "../../src/diagnosis/snapshot.ts";
import type { Released, ReleasedObject } from "../../src/diagnosis/snapshot.ts";
import type { Json } from "../support/stack.ts";

/** What has been released, where whoever repairs looks it up. */
export interface Releases {
  /** What was released last. */
  now: () => Released | undefined;
  /**
   * Writes down a release in which one object is another one than at the start.
   * @param apply changes the object itself.
   */
  write: (object: ReleasedObject, apply: () => Promise<void>) => Promise<void>;
  /** Writes down what was released at the start. @param apply puts the objects back. */
  restore: (apply: () => Promise<void>) => Promise<void>;
}

/** Pulumi's state, which the server on a laptop reads: a copy of it. */
export class StateOfPulumi implements Releases {
  readonly #file: string;
  readonly #original: string;

  /** @param file of the copy. @param original the state itself. */
  constructor(file: string, original: string) {
    this.#file = file;
    this.#original = readFileSync(original, "utf8");
    writeFileSync(file, this.#original);
  }

  now(): Released | undefined {
    return readReleased(this.#file);
  }

  async write(object: ReleasedObject, apply: () => Promise<void>): Promise<void> {
    const state = JSON.parse(this.#original) as { checkpoint: { latest: { resources: Json[] } } };
    const manifests = state.checkpoint.latest.resources.find(({ type }) => type === "minikube:index:Manifests");
    if (manifests === undefined) throw new Error("nothing was released");
    manifests.outputs.objects[`${object.kind}/${object.metadata.name}`] = JSON.stringify(object);
    writeFileSync(this.#file, JSON.stringify(state));
    await apply();
  }

  async restore(apply: () => Promise<void>): Promise<void> {
    writeFileSync(this.#file, this.#original);
    await apply();
  }
}

/**
 * The ConfigMap that the controller in the cluster reads. It is replaced as Helm does it: first the new one is made,
 * then everything else is changed, and the old one goes last. While there are two, the controller changes nothing.
 */
export class RecordInCluster implements Releases {
  readonly #core: CoreV1Api;
  readonly #namespace: string;
  readonly #lead: (name: string) => Promise<void>;
  readonly #original: V1ConfigMap;
  #name: string;
  #now: Released;

  /** @param lead leads the controller to the ConfigMap of a name. */
  private constructor(
    core: CoreV1Api,
    namespace: string,
    original: V1ConfigMap,
    lead: (name: string) => Promise<void>,
  ) {
    this.#core = core;
    this.#namespace = namespace;
    this.#original = original;
    this.#lead = lead;
    this.#name = nameOf(original);
    this.#now = contentOf(original);
  }

  static async open(
    config: KubeConfig,
    namespace: string,
    lead: (name: string) => Promise<void>,
  ): Promise<RecordInCluster> {
    const core = config.makeApiClient(CoreV1Api);
    const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: `${releasedLabel}=true` });
    const [original] = items;
    if (original === undefined || items.length > 1) throw new Error(`${items.length} releases are written down`);
    return new RecordInCluster(core, namespace, original, lead);
  }

  now(): Released {
    return this.#now;
  }

  async write(object: ReleasedObject, apply: () => Promise<void>): Promise<void> {
    const isOther = ({ kind, metadata }: ReleasedObject): boolean =>
      kind !== object.kind || metadata.name !== object.metadata.name;
    const objects = [...contentOf(this.#original).objects.filter(isOther), object];
    const text = JSON.stringify(objects);
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
    await this.#replace(`${nameOf(this.#original).replace(/-[^-]+$/, "")}-${hash}`, { "objects.json": text }, apply);
  }

  async restore(apply: () => Promise<void>): Promise<void> {
    await this.#replace(nameOf(this.#original), this.#original.data ?? {}, apply);
  }

  async #replace(name: string, data: Record<string, string>, apply: () => Promise<void>): Promise<void> {
    if (name === this.#name) {
      await apply();
      return;
    }
    const namespace = this.#namespace;
    const { labels = {}, annotations = {} } = this.#original.metadata ?? {};
    const body = { metadata: { name, labels, annotations }, immutable: true, data };
    await this.#core.createNamespacedConfigMap({ namespace, body });
    this.#now = contentOf(body);
    await apply();
    await this.#lead(name);
    await this.#core.deleteNamespacedConfigMap({ namespace, name: this.#name });
    this.#name = name;
  }
}

const contentOf = ({ data }: V1ConfigMap): Released => ({
  values: undefined,
  objects: JSON.parse(data?.["objects.json"] ?? "[]") as ReleasedObject[],
});
