import { isDeepStrictEqual } from "node:util";
import { changesOf, fieldChangesOf, listOf } from "../engine/shown-changes.ts";
import type { Commands } from "../processes/commands.ts";
import type { Engine } from "../engine/engine-log.ts";
import { UserError } from "../processes/errors.ts";
import { isObject, shownUnknown, signatureKey, unknown } from "../engine/marks.ts";
import type { Difference, Resource } from "./resource.ts";
import { textOf, treeOf } from "../engine/kept-text.ts";

/** What the program says about the manifests of a release. */
export interface ManifestsInputs {
  /** Folder of the chart, relative to the checkout. */
  chart: string;
  /** The files of the chart, each with a hash, as JSON; in a state from before as a tree. */
  files: string | Record<string, string>;
  /** Name of the Helm release. */
  release: string;
  namespace: string;
  /** The chart's values. What the program marks as secret is not rendered. */
  values: Record<string, unknown>;
}

/** What is kept about the manifests. All of it are inputs, so that a preview knows and shows it. */
export interface ManifestsState extends ManifestsInputs {
  /**
   * The rendered objects, by `Kind/name`, each as JSON, in a state from before as a tree; undefined as long as there
   * was no Helm to render them.
   */
  objects?: Objects;
  /** True when {@link objects} are of an earlier chart or of earlier values, since there was no Helm. */
  stale?: boolean;
}

type Objects = Record<string, string | object>;

/**
 * `minikube:index:Manifests`: the objects that a chart renders to, for those who read a preview and for the policies.
 * It does nothing; `Release` compares values alone.
 */
export class ManifestsResource implements Resource<ManifestsInputs, ManifestsState, ManifestsState> {
  readonly #commands: Commands;
  readonly #engine: Engine;

  constructor(commands: Commands, engine: Engine) {
    this.#commands = commands;
    this.#engine = engine;
  }

  async check(urn: string, olds: Partial<ManifestsState>, news: ManifestsInputs): Promise<ManifestsState> {
    const { objects, stale = false } = olds;
    if (objects !== undefined && !stale && isSame(olds, news)) return { ...news, objects: asTexts(objects) };
    const rendered = await this.#render(urn, news);
    if (rendered !== undefined) return { ...news, objects: rendered };
    // What was rendered last stays, so that the next one with Helm has something to compare with.
    return objects === undefined ? news : { ...news, objects: asTexts(objects), stale: true };
  }

  diff(urn: string, olds: ManifestsState, news: ManifestsState): Promise<Difference> {
    // Another rendering of the same, by another Helm, is no reason to do anything.
    if (isSame(olds, news)) return Promise.resolve({ changes: false });
    this.#inform(urn, "Files of the chart", changesOf(treeOf(olds.files), treeOf(news.files)));
    this.#inform(urn, "Manifests", fieldChangesOf(asTrees(olds.objects), asTrees(news.objects)));
    return Promise.resolve({ changes: true });
  }

  create(_urn: string, inputs: ManifestsState): Promise<{ id: string; state: ManifestsState }> {
    return Promise.resolve({ id: inputs.release, state: inputs });
  }

  read(_urn: string, state: ManifestsState): Promise<ManifestsState> {
    return Promise.resolve(state);
  }

  update(_urn: string, _olds: ManifestsState, news: ManifestsState): Promise<ManifestsState> {
    return Promise.resolve(news);
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  #inform(urn: string, what: string, changes: string[]): void {
    if (changes.length > 0) this.#engine.inform(urn, listOf(what, changes));
  }

  /** @returns undefined, with a word, when there is no Helm. */
  async #render(urn: string, { chart, release, namespace, values }: ManifestsInputs): Promise<Objects | undefined> {
    const shown = withoutSecrets(values) as ManifestsInputs["values"];
    const settings = Object.entries(shown).flatMap(([key, value]) => ["--set-json", `${key}=${JSON.stringify(value)}`]);
    const args = ["template", release, chart, "--namespace", namespace, ...settings];
    const { ok, missing, stdout, reason } = await this.#commands.run("helm", args);
    if (ok) return await objectsIn(stdout);
    if (missing) {
      this.#engine.inform(
        urn,
        "There is no command helm on PATH, so manifests are neither compared nor checked. Install Helm to have them checked.",
      );
      return undefined;
    }
    throw new UserError(
      `The chart ${chart} cannot be rendered: ${reason}`,
      `See all of what Helm says: helm lint ${chart}`,
    );
  }
}

/** Whether two renderings are of the same. */
const isSame = (one: Partial<ManifestsState>, other: ManifestsInputs): boolean =>
  isDeepStrictEqual(treeOf(one.files ?? {}), treeOf(other.files)) &&
  (["chart", "release", "namespace", "values"] as const).every((key) => isDeepStrictEqual(one[key], other[key]));

const asTexts = (objects: Objects): Objects =>
  Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, textOf(treeOf(object))]));

const asTrees = (objects: Objects = {}): Record<string, object> =>
  Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, treeOf(object)]));

async function objectsIn(manifests: string): Promise<Objects> {
  // Loaded only when needed: most operations render nothing.
  const { parseAllDocuments } = await import("yaml");
  // As Kubernetes reads what Helm has rendered: 0440 is octal.
  const objects = parseAllDocuments(manifests, { version: "1.1" })
    .map((document) => document.toJS() as { kind: string; metadata: { name: string } } | null)
    .filter((object) => object !== null);
  return Object.fromEntries(
    objects.map((object) => [`${object.kind}/${object.metadata.name}`, textOf(readable(object))]),
  );
}

/** Helm renders an unknown value as any other text. Nobody works on what is rendered here, so it need only be named. */
const readable = (object: object): object =>
  mapTexts(object, (text) => text.replaceAll(unknown, shownUnknown)) as object;

function withoutSecrets(value: unknown): unknown {
  if (isObject(value) && signatureKey in value) return "[secret]";
  return mapParts(value, withoutSecrets);
}

const mapTexts = (value: unknown, map: (text: string) => string): unknown =>
  typeof value === "string" ? map(value) : mapParts(value, (part) => mapTexts(part, map));

function mapParts(value: unknown, map: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, map(part)]));
}
