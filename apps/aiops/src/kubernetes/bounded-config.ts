import { KubeConfig } from "@kubernetes/client-node";
import type { RequestContext } from "@kubernetes/client-node";

/**
 * A way to an API server that is given up when there is no whole answer in time: one that went away in the middle of
 * a request leaves it open for minutes. A watch has a clock of its own.
 */
export class BoundedConfig extends KubeConfig {
  readonly #patience: number;

  /** @param patience in milliseconds, for each request. */
  constructor(patience: number) {
    super();
    this.#patience = patience;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    context.setSignal(AbortSignal.timeout(this.#patience));
  }
}
