import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { unknown } from "../../../provider/engine/marks.ts";
import { isOutOfReach } from "../../../machine/machine.ts";
import { goBinary } from "../../registries/go/binaries.ts";
import { versions } from "../../../versions.ts";
import { compare } from "../diff.ts";
import type { Daemon } from "./docker-daemon.ts";
import type { Engine } from "../engine-messages.ts";
import { textAt } from "../properties.ts";
import type { Properties } from "../properties.ts";
import type { Resource } from "../resource-type.ts";
import { CommandFailed } from "../run-command.ts";

/** An image that is made here, since it cannot be pulled. */
export interface MadeImage {
  /** The executable that it consists of. Its folder is the build context. */
  program: string;
  dockerfile: string;
}

const dockerfiles = join(import.meta.dirname, "dockerfiles");

/** Every image that stands for one of a registry, by its name. */
export const madeImages = (): Record<string, MadeImage> => ({
  [`prom/prometheus:v${versions.promtool}`]: {
    program: goBinary("prometheus"),
    dockerfile: join(dockerfiles, "prometheus.Dockerfile"),
  },
});

/**
 * `docker.RemoteImage`: an image of a registry, in the daemon of its provider.
 *
 * As in the official plugin one that is there already is taken as it is, and any other is pulled. Where no image can be
 * pulled, it is made from the program that set-up has built.
 * @param made the images that can be made, by name.
 * @param canPull whether images can be pulled. By default as set-up has found.
 */
export const remoteImageResource = (
  daemon: Daemon,
  engine: Engine,
  made = madeImages(),
  canPull: boolean = !isOutOfReach("https://registry-1.docker.io"),
): Resource => ({
  check: (_urn, _olds, news) => {
    refuseUnsupported(news);
    return Promise.resolve({ inputs: news });
  },

  diff: (state, inputs) => {
    const changes = compare(state, inputs, inputs);
    return { changes, replaces: "name" in changes ? ["name"] : [] };
  },

  create: async (urn, inputs, preview) => {
    if (preview) return { id: "", state: { ...inputs, imageId: unknown, repoDigest: unknown } };
    const name = textAt(inputs, "name") ?? "";
    const onLine = (line: string): void => {
      if (line.trim() !== "") engine.progress(line.trim(), urn);
    };
    const imageId = (await idOf(daemon, name)) ?? (await get(daemon, canPull ? undefined : made, name, onLine));
    return { id: imageId + name, state: { ...inputs, imageId, repoDigest: "" } };
  },

  update: (_urn, state, inputs) => Promise.resolve({ ...state, ...inputs }),

  read: async (_urn, id, state, inputs) => {
    const isThere = (await idOf(daemon, textAt(state, "name") ?? "")) !== undefined;
    return isThere ? { id, state, inputs } : undefined;
  },

  delete: () => Promise.resolve(),
});

async function idOf(daemon: Daemon, name: string): Promise<string | undefined> {
  try {
    return await daemon.imageId(name);
  } catch (error) {
    if (error instanceof CommandFailed && /no such image/i.test(error.stderr)) return undefined;
    throw error;
  }
}

/** Pulls an image, or makes it where that is out of reach. */
async function get(
  daemon: Daemon,
  made: Record<string, MadeImage> | undefined,
  name: string,
  onLine: (line: string) => void,
): Promise<string> {
  if (made === undefined) {
    await daemon.pull(name, onLine);
    return await daemon.imageId(name);
  }
  const image = made[name];
  if (image === undefined) {
    throw new Error(`${name} cannot be pulled here, and only ${Object.keys(made).join(", ")} can be made instead`);
  }
  if (!existsSync(image.program)) {
    throw new Error(`${name} cannot be pulled here, and what it is made of is not built yet. Type: npm run setup`);
  }
  await daemon.build(["--file", image.dockerfile, "--tag", name, dirname(image.program)], true, onLine);
  return await daemon.imageId(name);
}

function refuseUnsupported(inputs: Properties): void {
  const other = Object.keys(inputs).find((key) => !["name", "keepLocally"].includes(key));
  if (other !== undefined) throw new Error(`the stand-in for docker.RemoteImage does not know ${other}: leave it out`);
  if (inputs["keepLocally"] !== true) {
    throw new Error("the stand-in for docker.RemoteImage cannot remove images: set keepLocally to true");
  }
}
