import { Image } from "@pulumi/docker/image.js";
import * as pulumi from "@pulumi/pulumi";
import { brokenLinks, contextFiles, hashOf, outlineOf } from "./lib/content-hash.ts";
import type { Files } from "./lib/content-hash.ts";
import { ImagePresence } from "./lib/minikube.ts";
import type { MinikubeCluster } from "./minikube-cluster.ts";

/** Arguments of {@link AppImage}. */
export interface AppImageArgs {
  /** Name of the image, without a tag. */
  repository: string;
  /** Folder of the build context, relative to the checkout, with a `Dockerfile` and a `.dockerignore` in it. */
  context: string;
  /** The cluster in whose daemon the image is built. */
  cluster: MinikubeCluster;
  /**
   * Folders of the code, within the context. With them the Dockerfile's target `development` is built, which has nothing of
   * them in it: an edit of the code is then another file in a running pod, and no other image.
   */
  withoutCode?: string[] | undefined;
}

/**
 * An image in the cluster's Docker daemon. Its tag is a hash of what it is built from: the same tag is the same image,
 * and another tag restarts the pods that use it, and no others. It is in no registry.
 */
export class AppImage extends pulumi.ComponentResource {
  /** Name without tag. */
  readonly repository: string;
  /** 16 hexadecimal digits; in development with a word before them. Known in preview. */
  readonly tag: string;
  /** `repository:tag`. Known in preview. */
  readonly reference: string;

  constructor(name: string, args: AppImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:AppImage", name, {}, opts);
    const { repository, context, cluster, withoutCode } = args;
    const files = readContext(context, withoutCode);
    for (const link of brokenLinks(context, files)) {
      const what = `${context}/${link} is a link to nothing. It gets into the image as it is, but Pulumi's own Docker plugin refuses it.`;
      const next = `To get rid of it, type: rm '${context}/${link}'. Or leave it out by a line in ${context}/.dockerignore.`;
      void pulumi.log.warn(`${what} ${next}`, this);
    }
    const tag = withoutCode === undefined ? hashOf(files) : `development-${hashOf(files)}`;
    const reference = `${repository}:${tag}`;

    const presence = new ImagePresence(
      `${name}-presence`,
      {
        image: reference,
        files: outlineOf(files),
        instance: cluster.instance,
        dockerHost: cluster.dockerHost,
        dockerCertPath: cluster.dockerCertPath,
      },
      { parent: this },
    );
    new Image(
      `${name}-image`,
      {
        imageName: reference,
        build: {
          context,
          dockerfile: `${context}/Dockerfile`,
          ...(withoutCode === undefined ? {} : { target: "development" }),
          // The node's own; left out, it would be that of the machine where the plugin was built.
          platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
          // No Dockerfile reads BUILDS. docker.Image never looks whether its image still exists; a changed argument makes it build.
          // SOURCE_DATE_EPOCH is BuildKit's: without it, an image and its history hold the time of the build.
          args: { BUILDS: pulumi.interpolate`${presence.builds}`, SOURCE_DATE_EPOCH: "0" },
        },
        skipPush: true,
      },
      { ...cluster.inDaemon, parent: this },
    );

    this.repository = repository;
    this.tag = tag;
    this.reference = reference;
    this.registerOutputs({ repository, tag, reference });
  }
}

/** @throws pulumi.RunError when a file cannot be read, or a line of the `.dockerignore` is no pattern. */
function readContext(context: string, withoutCode: string[] | undefined): Files {
  try {
    return contextFiles(context, withoutCode);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(`The files for the image in ${context} cannot be read: ${reason}`);
  }
}
