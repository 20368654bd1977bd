import type { Engine } from "../../engine/engine-log.ts";

/** The start of a cluster, which goes on while its daemon is used already. */
export interface Start {
  /** Resolves when images can be built in the cluster's daemon; rejects when they never will. */
  daemon: Promise<void>;
  /** Resolves when everything works; rejects when it never will. */
  end: Promise<void>;
}

/** Starts a cluster, telling how far it is and when its daemon can be used. */
type Work = (progress: (line: string) => void, onDaemon: () => void) => Promise<void>;

/** The first starts of clusters, by `instance`: one resource begins them, and another waits for their end. */
export class Starts {
  readonly #engine: Engine;
  /** Each with the resource beside which its progress is shown. */
  readonly #starts = new Map<string, { urn: string; end: Promise<void> }>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param urn the resource beside which progress is shown until another one waits. */
  begin(instance: string, urn: string, work: Work): Start {
    const start = { urn, end: Promise.resolve() };
    const daemon = new Promise<void>((resolve, reject) => {
      start.end = work((line) => this.#engine.progress(start.urn, line), resolve);
      start.end.then(resolve, reject);
    });
    // Who waits is told of a failure. Where nobody does, it must not end the provider.
    daemon.catch(() => undefined);
    this.#starts.set(instance, start);
    return { daemon, end: start.end };
  }

  /**
   * Waits for the end of a start, if there is one.
   * @param urn the resource beside which progress is shown from now on.
   * @throws what the start throws.
   */
  async wait(instance: string, urn: string): Promise<void> {
    const start = this.#starts.get(instance);
    if (start === undefined) return;
    start.urn = urn;
    await start.end;
  }
}
