import { Watch } from "@kubernetes/client-node";
import type { CoreV1Event, KubeConfig, KubernetesObject } from "@kubernetes/client-node";

/** Most warnings that are kept, however many there are. */
const most = 500;
const longestMessage = 1_000;
/** Before the watch is opened again, in milliseconds. */
const pause = 2_000;

/**
 * The newest warnings of a namespace. There can be thousands of events a minute, and the API keeps each for an hour: an
 * informer, which keeps all, would grow with them.
 */
export class EventWatch {
  readonly #watch: Watch;
  readonly #path: string;
  readonly #onChange: (event: KubernetesObject) => void;
  /** By name, oldest first. */
  readonly #events = new Map<string, CoreV1Event>();
  #request: AbortController | undefined;
  #stopped = false;

  constructor(config: KubeConfig, namespace: string, onChange: (event: KubernetesObject) => void) {
    this.#watch = new Watch(config);
    this.#path = `/api/v1/namespaces/${namespace}/events`;
    this.#onChange = onChange;
  }

  start(): void {
    // Without a version the API begins with all that there is.
    const query = { fieldSelector: "type=Warning" };
    this.#watch
      .watch(
        this.#path,
        query,
        (phase, event: CoreV1Event) => this.#take(phase, event),
        () => this.#again(),
      )
      .then(
        (request) => (this.#request = request),
        () => this.#again(),
      );
  }

  stop(): void {
    this.#stopped = true;
    this.#request?.abort();
  }

  latest(): CoreV1Event[] {
    return [...this.#events.values()];
  }

  #take(phase: string, event: CoreV1Event): void {
    if (phase !== "ADDED" && phase !== "MODIFIED") return;
    const name = event.metadata.name ?? "";
    this.#events.delete(name);
    const [oldest] = this.#events.keys();
    if (this.#events.size >= most && oldest !== undefined) this.#events.delete(oldest);
    const { type, reason, message, count, involvedObject, lastTimestamp, eventTime } = event;
    const { creationTimestamp } = event.metadata;
    const when = lastTimestamp ?? eventTime ?? creationTimestamp;
    this.#events.set(name, {
      metadata: { name, ...(creationTimestamp === undefined ? {} : { creationTimestamp }) },
      involvedObject: {
        kind: involvedObject.kind ?? "",
        name: involvedObject.name ?? "",
        uid: involvedObject.uid ?? "",
      },
      ...(type === undefined ? {} : { type }),
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message: message.slice(0, longestMessage) }),
      ...(count === undefined ? {} : { count }),
      ...(when === undefined ? {} : { lastTimestamp: new Date(when) }),
    });
    this.#onChange(event);
  }

  #again(): void {
    setTimeout(() => {
      if (!this.#stopped) this.start();
    }, pause).unref();
  }
}
