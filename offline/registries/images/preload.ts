import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../provider/processes/errors.ts";
import { cacheFolder, minikubeHome } from "../../../machine/paths.ts";
import type { Step } from "../../../machine/step.ts";
import { platform } from "../../../machine/tool-download.ts";
import { versions } from "../../../versions.ts";
import { goBinary, goBinaryStep } from "../go/binaries.ts";
import { askDocker, changes, docker } from "./docker-build.ts";
import { hashOf } from "./hash.ts";
import { contentInputs, type NodeContent, nodeContent } from "./node-content.ts";
import { nodeImage } from "./node-recipe.ts";

type Report = (line: string) => void;

/** The engine that takes the images in; it ends with the step. */
const container = "todo-stack-preload";
const startTimeout = 60_000;

const folder = join(minikubeHome, "cache", "preloaded-tarball");
const kubernetesFolder = (): string => join(minikubeHome, "cache", "linux", platform().arch, `v${versions.kubernetes}`);

/** The name that this version of Minikube gives to what is in the node's disk from the start. */
const archive = (): string =>
  join(folder, `preloaded-images-k8s-v18-v${versions.kubernetes}-docker-overlay2-${platform().arch}.tar.lz4`);

/** Says what the archive is made from. */
const record = (): string => `${archive()}.made-from`;

const inputs = (): string => hashOf(nodeImage(), contentInputs());

/**
 * The step that fills Minikube's cache: with the archive that becomes the node's disk, in which are Kubernetes, its
 * images and the base images of the applications, and with Kubernetes' programs. Minikube then downloads nothing.
 */
export const preloadStep = (): Step => ({
  title: "Minikube's cache, with every image the cluster starts with",
  needs: [goBinaryStep("kubelet"), goBinaryStep("coredns")],
  isDone: () => Promise.resolve(isMade()),
  run: async (report) => {
    if (isMade()) return;
    await mkdir(folder, { recursive: true });
    await copyKubernetes();
    const draft = `${archive()}.partial`;
    try {
      await startEngine(report);
      for (const image of nodeContent()) await takeIn(image, report);
      await pack(draft, report);
      await rename(draft, archive());
      await writeFile(record(), inputs());
    } finally {
      await removeEngine();
      await rm(draft, { force: true });
    }
  },
});

const isMade = (): boolean =>
  existsSync(archive()) && existsSync(record()) && readFileSync(record(), "utf8") === inputs();

const copyKubernetes = async (): Promise<void> => {
  await mkdir(kubernetesFolder(), { recursive: true });
  for (const name of ["kubeadm", "kubelet", "kubectl"]) {
    const place = join(kubernetesFolder(), name);
    await copyFile(goBinary(name), `${place}.partial`);
    await rename(`${place}.partial`, place);
  }
};

const startEngine = async (report: Report): Promise<void> => {
  report("starting an engine like the node's");
  await removeEngine();
  await docker("start the engine for Minikube's cache", [
    ...["run", "--detach", "--privileged", "--name", container, "--network", "none"],
    ...["--volume", "/var/lib/docker", "--volume", `${cacheFolder}:/cache:ro`, "--entrypoint", "dockerd", nodeImage()],
    ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver=overlay2"],
  ]);
  const end = Date.now() + startTimeout;
  while ((await askDocker("exec", container, "docker", "version")) === undefined) {
    if (Date.now() > end) throw await engineError();
    await sleep(500);
  }
};

const engineError = async (): Promise<UserError> =>
  new UserError(
    `The engine that fills Minikube's cache does not answer:\n    ${(await lastLines()).join("\n    ")}`,
    "Fix what it says, then run the same command again.",
  );

const lastLines = async (): Promise<string[]> =>
  (await docker("log of the engine for Minikube's cache", ["logs", "--tail", "6", container])).split("\n");

const removeEngine = async (): Promise<void> => {
  await askDocker("rm", "--force", "--volumes", container);
};

/** Imports one image into the engine. A program becomes an archive of one file on the way. */
const takeIn = async (image: NodeContent, report: Report): Promise<void> => {
  report(image.reference);
  const instructions = changes(image.settings);
  const command =
    "archive" in image
      ? ["docker", "import", ...instructions, inside(image.archive), image.reference]
      : [
          ...["bash", "-o", "pipefail", "-c", 'tar --create --directory "$0" "$1" | docker import "${@:2}"'],
          ...[inside(dirname(image.program)), basename(image.program), ...instructions, "-", image.reference],
        ];
  await docker(`import ${image.reference}`, ["exec", container, ...command]);
};

/** Where a file of the cache folder is in the engine's container. */
const inside = (path: string): string => join("/cache", relative(cacheFolder, path));

/** Packs what the stopped engine holds, and Kubernetes' programs, as they lie in the node's /var. */
const pack = async (file: string, report: Report): Promise<void> => {
  report("packing");
  await docker("stop the engine for Minikube's cache", ["stop", container]);
  await docker("pack Minikube's cache", [
    ...["run", "--rm", "--network", "none", "--volumes-from", container, "--volume", `${dirname(file)}:/out`],
    ...["--volume", `${kubernetesFolder()}:/var/lib/minikube/binaries/v${versions.kubernetes}:ro`],
    ...["--entrypoint", "tar", nodeImage(), "--create", "--use-compress-program", "lz4", "--file"],
    ...[join("/out", basename(file)), "--xattrs", "--xattrs-include=security.capability", "--directory", "/var"],
    ...["./lib/docker/overlay2", "./lib/docker/image", "./lib/minikube/binaries"],
  ]);
};
