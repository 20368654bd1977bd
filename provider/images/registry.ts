import type { Commands } from "../processes/commands.ts";
import { UserError } from "../processes/errors.ts";

/** An image that is built from a folder and pushed. */
export interface PushableImage {
  /** `REGISTRY/NAME:TAG`. The tag is a hash of the files, and so never names another image. */
  image: string;
  /** Folder of the build context, with a `Dockerfile` in it, relative to the checkout. */
  context: string;
  /** `linux/amd64` */
  platform: string;
}

/** Whether a registry has an image; `unknown` with the reason when it cannot be asked. */
type Presence = { is: "there" | "missing" } | { is: "unknown"; reason: string };

/** Asks the image's registry for it, by the logins of the user's Docker. No engine is needed. */
export async function presenceOf(commands: Commands, image: string): Promise<Presence> {
  const { ok, reason } = await commands.run("docker", ["manifest", "inspect", image]);
  if (ok) return { is: "there" };
  return /no such manifest|(manifest|name) unknown|not found/i.test(reason) && !isProgramMissing(reason)
    ? { is: "missing" }
    : { is: "unknown", reason };
}

/** Docker says so of the program that its settings name for a login, and then asks no registry. */
const isProgramMissing = (reason: string): boolean =>
  /command not found|executable file not found|error getting credentials/i.test(reason);

/** How Docker gets what it lacks. */
export const installBuilder =
  "Install it: https://docs.docker.com/go/buildx/ (Debian's package is docker-buildx, Docker's own is docker-buildx-plugin).";

/** Whether Docker cannot build. From version 23 on its plugin buildx does that, which comes in a package of its own. */
export async function lacksBuilder(commands: Commands): Promise<boolean> {
  if ((await commands.run("docker", ["buildx", "version"])).ok) return false;
  const { stdout } = await commands.run("docker", ["--version"]);
  return Number(/version (\d+)\./.exec(stdout)?.[1] ?? 0) >= 23;
}

/**
 * Builds an image in the user's Docker engine and pushes it.
 * @param progress is told what is being done.
 * @throws UserError with what Docker says.
 */
export async function buildAndPush(
  commands: Commands,
  { image, context, platform }: PushableImage,
  progress: (line: string) => void,
): Promise<void> {
  if (await lacksBuilder(commands)) {
    throw new UserError(
      `The image ${image} cannot be built: Docker lacks its plugin buildx.`,
      `Nothing was released. ${installBuilder} Then type the same command again.`,
    );
  }
  progress(`building for ${platform}`);
  // SOURCE_DATE_EPOCH is BuildKit's: without it, an image and its history hold the time of the build.
  const options = ["--platform", platform, "--build-arg", "SOURCE_DATE_EPOCH=0", "--file", `${context}/Dockerfile`];
  const built = await commands.run("docker", ["build", ...options, "--tag", image, context], builder);
  if (!built.ok) {
    throw new UserError(
      `The image ${image} cannot be built: ${built.reason}`,
      `Nothing was released. See all of what Docker says: docker build --platform ${platform} ${context}. An image for another ` +
        "architecture than this machine's needs emulation: https://docs.docker.com/build/building/multi-platform/",
    );
  }
  progress("pushing");
  const pushed = await commands.run("docker", ["push", "--quiet", image]);
  if (!pushed.ok) {
    throw new UserError(
      `The image ${image} cannot be pushed: ${pushed.reason}`,
      `Nothing was released. Sign in, then type the same command again: docker login ${registryHostOf(image)}`,
    );
  }
}

/** The host of an image's registry. */
export const registryHostOf = (image: string): string => image.split("/")[0] ?? "";

/**
 * The builder that leaves its image in the engine, whichever the user has chosen; and one image, not an index with a
 * record beside it.
 */
const builder = { DOCKER_BUILDKIT: "1", BUILDX_BUILDER: "default", BUILDX_NO_DEFAULT_ATTESTATIONS: "1" };
