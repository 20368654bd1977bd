import type { Commands } from "../../processes/commands.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { UserError } from "../../processes/errors.ts";
import type { Difference, Resource } from "../resource.ts";

/** What the program says about an image that every node of a cluster should have. */
export interface CopiedImageInputs {
  /** `name:tag`, in the daemon of the first node. */
  image: string;
  /** The container of the first node. */
  from: string;
  /** The containers of the others. */
  to: string[];
  /** The life of the cluster. */
  instance: string;
}

/**
 * `minikube:index:CopiedImage`: an image that is built in the first node's daemon, in those of the others too. No
 * registry is needed, and a pod may start on any node.
 */
export class CopiedImageResource implements Resource<CopiedImageInputs, CopiedImageInputs, CopiedImageInputs> {
  readonly #commands: Commands;
  readonly #engine: Engine;

  constructor(commands: Commands, engine: Engine) {
    this.#commands = commands;
    this.#engine = engine;
  }

  check(_urn: string, _olds: unknown, news: CopiedImageInputs): Promise<CopiedImageInputs> {
    return Promise.resolve(news);
  }

  async diff(_urn: string, olds: CopiedImageInputs, news: CopiedImageInputs): Promise<Difference> {
    if (olds.image !== news.image || olds.instance !== news.instance) return { changes: true };
    // In a preview of further nodes their names are not known.
    if (!Array.isArray(news.to) || news.to.join() !== olds.to.join()) return { changes: true };
    const missing = await Promise.all(news.to.map((node) => this.#isMissing(node, news.image)));
    return { changes: missing.includes(true) };
  }

  async create(urn: string, inputs: CopiedImageInputs): Promise<{ id: string; state: CopiedImageInputs }> {
    await this.#copy(urn, inputs);
    return { id: inputs.image, state: inputs };
  }

  async update(urn: string, _olds: CopiedImageInputs, news: CopiedImageInputs): Promise<CopiedImageInputs> {
    await this.#copy(urn, news);
    return news;
  }

  read(_urn: string, state: CopiedImageInputs): Promise<CopiedImageInputs> {
    return Promise.resolve(state);
  }

  /** An earlier release may come back. The kubelet of a node removes images when its disk is nearly full. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  async #copy(urn: string, { image, from, to }: CopiedImageInputs): Promise<void> {
    for (const node of to) {
      if (!(await this.#isMissing(node, image))) continue;
      this.#engine.progress(urn, `copying ${image} to ${node}`);
      const save = ["exec", from, "docker", "save", image];
      const { ok, reason } = await this.#commands.pipe(save, ["exec", "--interactive", node, "docker", "load"]);
      if (!ok) {
        throw new UserError(
          `${image} could not be copied to node ${node}: ${reason}.`,
          `See whether it runs and has room: docker exec ${node} df /var/lib/docker`,
        );
      }
    }
  }

  /** A node that cannot be asked, or has no daemon that answers, is taken to have it. */
  async #isMissing(node: string, image: string): Promise<boolean> {
    const look = ["exec", node, "docker", "image", "inspect", "--format", "{{.Id}}", image];
    const { ok, reason } = await this.#commands.run("docker", look);
    return !ok && /no such image/i.test(reason);
  }
}
