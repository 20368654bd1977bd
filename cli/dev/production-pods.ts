import type { V1Pod } from "@kubernetes/client-node";
import { applications } from "../../components/lib/development.ts";
import { sidecar } from "./code-sync.ts";
import type { PodObserver } from "./pods.ts";

/** Notices pods of production, into which no edit comes. */
export class ProductionPods implements PodObserver {
  readonly #isExpected: () => boolean;
  readonly #tell: () => void;
  /** The UIDs of those that were expected: they may be told of again on their way out. */
  readonly #expected = new Set<string>();

  /**
   * @param isExpected whether such pods may be there, as before the first `up`, and while one replaces them.
   * @param tell is called for each that nobody expects, once for each time that it is seen.
   */
  constructor(isExpected: () => boolean, tell: () => void) {
    this.#isExpected = isExpected;
    this.#tell = tell;
  }

  readonly seen = (pod: V1Pod): void => {
    if (!isOfProduction(pod)) return;
    const uid = pod.metadata?.uid ?? "";
    if (this.#isExpected()) this.#expected.add(uid);
    else if (!this.#expected.has(uid)) this.#tell();
  };

  readonly gone = (pod: V1Pod): void => {
    this.#expected.delete(pod.metadata?.uid ?? "");
  };
}

/** Whether a pod serves an application, and has no way for code to come in. */
const isOfProduction = ({ metadata, spec }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  metadata?.ownerReferences?.some(({ kind }) => kind === "ReplicaSet") === true &&
  Object.hasOwn(applications, metadata.labels?.["app.kubernetes.io/component"] ?? "") &&
  spec?.initContainers?.some(({ name }) => name === sidecar) !== true;
