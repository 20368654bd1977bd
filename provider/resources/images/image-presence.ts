import { buildProxies, markedProxies, noProxies } from "./build-proxies.ts";
import { changesOf, listOf } from "../../engine/shown-changes.ts";
import { hasImage } from "../../images/query.ts";
import type { Engine } from "../../engine/engine-log.ts";
import type { Difference, Resource } from "../resource.ts";
import { treeOf } from "../../engine/kept-text.ts";

type Files = Record<string, string>;

/** What the program says about an image that should be in a cluster. */
export interface ImagePresenceInputs {
  /** `name:tag`. */
  image: string;
  /**
   * The files that it is made of, or folders of them, each with a hash, as JSON: for those who read a preview. The
   * image's tag decides.
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
  /**
   * The proxies by which it was built: another shell is no reason to build it again. Undefined in a state from before
   * they were kept.
   */
  proxies?: object;
}

/** `minikube:index:ImagePresence`: whether an image is in a cluster's daemon, at which `docker.Image` never looks. */
export class ImagePresenceResource implements Resource<ImagePresenceInputs, ImagePresenceInputs, ImagePresenceState> {
  readonly #engine: Engine;
  readonly #env: NodeJS.ProcessEnv;

  /** @param env says by which proxies builds go. */
  constructor(engine: Engine, env: NodeJS.ProcessEnv) {
    this.#engine = engine;
    this.#env = env;
  }

  check(_urn: string, _olds: unknown, news: ImagePresenceInputs): Promise<ImagePresenceInputs> {
    return Promise.resolve(news);
  }

  async diff(urn: string, olds: ImagePresenceState, news: ImagePresenceInputs): Promise<Difference> {
    const changes = changesOf(treeOf<Files>(olds.files ?? news.files), treeOf<Files>(news.files));
    if (changes.length > 0) this.#engine.inform(urn, listOf("Files of the image", changes));
    const isOld = olds.dockerHost !== news.dockerHost || olds.proxies === undefined;
    return { changes: isOld || (await mustBuild(olds, news)) };
  }

  create(_urn: string, inputs: ImagePresenceInputs): Promise<{ id: string; state: ImagePresenceState }> {
    return Promise.resolve({ id: inputs.image, state: { ...inputs, builds: 1, proxies: this.#proxies() } });
  }

  read(_urn: string, state: ImagePresenceState): Promise<ImagePresenceState> {
    return Promise.resolve(state);
  }

  async update(_urn: string, olds: ImagePresenceState, news: ImagePresenceInputs): Promise<ImagePresenceState> {
    if (!(await mustBuild(olds, news))) return { ...news, builds: olds.builds, proxies: olds.proxies ?? noProxies };
    return { ...news, builds: olds.builds + 1, proxies: this.#proxies() };
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  #proxies(): object {
    return markedProxies(buildProxies(this.#env));
  }
}

async function mustBuild(olds: ImagePresenceState, news: ImagePresenceInputs): Promise<boolean> {
  if (olds.image !== news.image || olds.instance !== news.instance) return true;
  // In a preview the address may not be known, and nobody can be asked: then the image is taken to be there.
  return (await hasImage(news)) === false;
}
