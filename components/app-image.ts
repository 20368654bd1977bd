import { Image } from "@pulumi/docker/image.js";
import * as pulumi from "@pulumi/pulumi";
import { brokenLinks, contextFiles, hashOf, outlineOf } from "./build-context/content-hash.ts";
import type { Files } from "./build-context/content-hash.ts";
import type { BuildProxies } from "../provider/resources/images/build-proxies.ts";
import { textOf } from "../provider/engine/kept-text.ts";
import { messageOf } from "../provider/processes/errors.ts";
import { CopiedImage, ImagePresence, PushedImage } from "./lib/minikube-resources.ts";
import type { NodeImages, Target } from "./target.ts";

/** Arguments of {@link AppImage}. */
export interface AppImageArgs {
  /** Name of the image, without a tag. */
  repository: string;
  /** Folder of the build context, relative to the checkout, with a `Dockerfile` and a `.dockerignore` in it. */
  context: string;
  /** The cluster whose nodes run the image. */
  cluster: Target;
  /**
   * Folders of the code, within the context. With them the Dockerfile's target `development` is built, which has
   * nothing of them in it: an edit of the code is then another file in a running pod, and no other image.
   */
  withoutCode?: string[] | undefined;
}

/**
 * An image for the cluster: in the Docker daemons of its nodes and in no registry, or in the registry from which its
 * nodes pull. Its tag is a hash of what it is built from: the same tag is the same image, and another tag restarts the
 * pods that use it, and no others.
 */
export class AppImage extends pulumi.ComponentResource {
  /** Name without tag. */
  readonly repository: string;
  /**
   * 16 hexadecimal digits; in development with a word before them, in a registry with the architecture after them.
   * Known in preview.
   */
  readonly tag: string;
  /** `repository:tag`. Known in preview. */
  readonly reference: string;

  constructor(name: string, args: AppImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:AppImage", name, {}, opts);
    const { context, cluster, withoutCode } = args;
    const { images } = cluster;
    const files = readContext(context, withoutCode);
    for (const link of brokenLinks(context, files)) {
      const what = `${context}/${link} is a link to nothing. It gets into the image as it is, but Pulumi's own Docker plugin refuses it.`;
      const next = `To get rid of it, type: rm '${context}/${link}'. Or leave it out by a line in ${context}/.dockerignore.`;
      void pulumi.log.warn(`${what} ${next}`, this);
    }
    const isPushed = images.registry !== undefined;
    const repository = isPushed ? `${images.registry}/${args.repository}` : args.repository;
    const hash = hashOf(files);
    const inDevelopment = withoutCode === undefined ? hash : `development-${hash}`;
    // A tag in a registry never names an image of another architecture.
    const tag = isPushed ? `${hash}-${images.platform.replace(/^linux\//, "").replaceAll("/", "-")}` : inDevelopment;
    const reference = `${repository}:${tag}`;

    if (isPushed) {
      const { platform } = images;
      const image = { image: reference, files: outlineOf(files), context, platform };
      new PushedImage(`${name}-image`, image, { parent: this });
    } else {
      const target = withoutCode === undefined ? {} : { target: "development" };
      this.#build(name, { reference, context, files, target }, cluster, images);
    }

    this.repository = repository;
    this.tag = tag;
    this.reference = reference;
    this.registerOutputs({ repository, tag, reference });
  }

  /** Has the image built in the daemon of the cluster's node, whenever that does not have it. */
  #build(name: string, { reference, context, files, target }: Build, { instance }: Target, images: NodeImages): void {
    const { dockerHost, dockerCertPath, inDaemon, copies } = images;
    const presence = new ImagePresence(
      `${name}-presence`,
      { image: reference, files: textOf(outlineOf(files)), instance, dockerHost, dockerCertPath },
      { parent: this },
    );
    const image = new Image(
      `${name}-image`,
      {
        imageName: reference,
        build: {
          context,
          dockerfile: `${context}/Dockerfile`,
          ...target,
          // The node's own; left out, it would be that of the machine where the plugin was built.
          platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
          // No Dockerfile reads BUILDS. docker.Image never looks whether its image still exists; a changed argument
          // makes it build. SOURCE_DATE_EPOCH is BuildKit's: without it, an image and its history hold the time of the
          // build.
          args: { BUILDS: pulumi.interpolate`${presence.builds}`, SOURCE_DATE_EPOCH: "0", ...proxiesOf(presence) },
        },
        skipPush: true,
      },
      { ...inDaemon, parent: this },
    );
    if (copies === undefined) return;
    new CopiedImage(`${name}-copies`, { image: reference, ...copies, instance }, { parent: this, dependsOn: image });
  }
}

/** What an image is built from. */
interface Build {
  reference: string;
  context: string;
  files: Files;
  target: { target?: string };
}

/**
 * Docker's client makes arguments of the proxies in its own settings alone, and Pulumi's plugin of none. Only a state
 * from before knows no proxies, and it gets some before an image is built by it.
 */
function proxiesOf({ proxies }: ImagePresence): Record<keyof BuildProxies, pulumi.Output<string>> {
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = proxies as pulumi.Output<BuildProxies>;
  return { HTTP_PROXY, HTTPS_PROXY, NO_PROXY };
}

/** @throws pulumi.RunError when a file cannot be read, or a line of the `.dockerignore` is no pattern. */
function readContext(context: string, withoutCode: string[] | undefined): Files {
  try {
    return contextFiles(context, withoutCode);
  } catch (error) {
    const reason = messageOf(error);
    throw new pulumi.RunError(`The files for the image in ${context} cannot be read: ${reason}`);
  }
}
