import { changesOf, listOf } from "./changes.ts";
import { hasImage } from "./daemon.ts";
import type { Engine } from "./engine.ts";
import type { Difference, Resource } from "./resource.ts";
import { treeOf } from "./text.ts";

type Files = Record<string, string>;

/** What the program says about an image that should be in a cluster. */
export interface ImagePresenceInputs {
  /** `name:tag`. */
  image: string;
  /**
   * The files that it is made of, or folders of them, each with a hash, as JSON: for those who read a preview. The image's tag
   * decides.
   */
  files: string;
  /** The life of the cluster. */
  instance: string;
  /** `tcp://ADDRESS:PORT` of the cluster's Docker daemon. */
  dockerHost: string;
  /** Folder of the daemon's certificates. */
  dockerCertPath: string;
}

/** What is known about the image. */
export interface ImagePresenceState extends Omit<ImagePresenceInputs, "files"> {
  /** In a state from before a tree, or undefined. */
  files?: string | Files;
  /** Counts the times that the image had to be built: it changes whenever it must be built again. */
  builds: number;
}

/** `minikube:index:ImagePresence`: whether an image is in a cluster's daemon, at which `docker.Image` never looks. */
export class ImagePresenceResource implements Resource<ImagePresenceInputs, ImagePresenceInputs, ImagePresenceState> {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  check(_urn: string, _olds: unknown, news: ImagePresenceInputs): Promise<ImagePresenceInputs> {
    return Promise.resolve(news);
  }

  async diff(urn: string, olds: ImagePresenceState, news: ImagePresenceInputs): Promise<Difference> {
    const changes = changesOf(treeOf<Files>(olds.files ?? news.files), treeOf<Files>(news.files));
    if (changes.length > 0) this.#engine.inform(urn, listOf("Files of the image", changes));
    return { changes: olds.dockerHost !== news.dockerHost || (await mustBuild(olds, news)) };
  }

  create(_urn: string, inputs: ImagePresenceInputs): Promise<{ id: string; state: ImagePresenceState }> {
    return Promise.resolve({ id: inputs.image, state: { ...inputs, builds: 1 } });
  }

  read(_urn: string, state: ImagePresenceState): Promise<ImagePresenceState> {
    return Promise.resolve(state);
  }

  async update(_urn: string, olds: ImagePresenceState, news: ImagePresenceInputs): Promise<ImagePresenceState> {
    return { ...news, builds: (await mustBuild(olds, news)) ? olds.builds + 1 : olds.builds };
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }
}

async function mustBuild(olds: ImagePresenceState, news: ImagePresenceInputs): Promise<boolean> {
  if (olds.image !== news.image || olds.instance !== news.instance) return true;
  // In a preview the address may not be known, and nobody can be asked: then the image is taken to be there.
  return (await hasImage(news)) === false;
}
