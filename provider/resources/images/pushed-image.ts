import { changesOf, listOf } from "../../engine/shown-changes.ts";
import type { Commands } from "../../processes/commands.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { buildAndPush, presenceOf } from "../../images/registry.ts";
import type { PushableImage } from "../../images/registry.ts";
import type { Difference, Resource } from "../resource.ts";

/** What the program says about an image that should be in a registry. */
export interface PushedImageInputs extends PushableImage {
  /**
   * The files that it is made of, or folders of them, each with a hash, for those who read a preview. The image's tag
   * decides.
   */
  files: Record<string, string>;
}

/**
 * `minikube:index:PushedImage`: an image in a registry. It is built only if the registry does not have it, whoever has
 * pushed it: a colleague, a workflow, or another stack.
 *
 * Not `docker.Image`, which builds before it asks, has the registry's login in Pulumi's state, and takes a new login
 * for a change.
 */
export class PushedImageResource implements Resource<PushedImageInputs, PushedImageInputs, PushedImageInputs> {
  readonly #commands: Commands;
  readonly #engine: Engine;

  constructor(commands: Commands, engine: Engine) {
    this.#commands = commands;
    this.#engine = engine;
  }

  check(_urn: string, _olds: unknown, news: PushedImageInputs): Promise<PushedImageInputs> {
    return Promise.resolve(news);
  }

  async diff(urn: string, olds: PushedImageInputs, news: PushedImageInputs): Promise<Difference> {
    if (olds.image !== news.image) {
      const changes = changesOf(olds.files, news.files);
      if (changes.length > 0) this.#engine.inform(urn, listOf("Files of the image", changes));
      return { changes: true };
    }
    // A registry that cannot be asked, as in a preview without a login, is taken to have it.
    const { is } = await presenceOf(this.#commands, news.image);
    return { changes: is === "missing" };
  }

  async create(urn: string, inputs: PushedImageInputs): Promise<{ id: string; state: PushedImageInputs }> {
    await this.#ensure(urn, inputs);
    return { id: inputs.image, state: inputs };
  }

  read(_urn: string, state: PushedImageInputs): Promise<PushedImageInputs> {
    return Promise.resolve(state);
  }

  async update(urn: string, _olds: PushedImageInputs, news: PushedImageInputs): Promise<PushedImageInputs> {
    await this.#ensure(urn, news);
    return news;
  }

  /** It stays in the registry: other stacks may run it, and an earlier release may come back. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  async #ensure(urn: string, image: PushedImageInputs): Promise<void> {
    const presence = await presenceOf(this.#commands, image.image);
    if (presence.is === "there") {
      this.#engine.inform(urn, `${image.image} is in the registry already, and is not built.`);
      return;
    }
    await buildAndPush(this.#commands, image, (line) => this.#engine.progress(urn, line));
  }
}
