import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { environment, toolEnvironment } from "../../machine/tool-environment.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { runPulumi } from "../../pulumi/run-pulumi.ts";
import { run } from "../../machine/run.ts";
import { stackName } from "../../state/stack.ts";

/** An image, saved. */
export interface ImageArchive {
  /** `todo-backend:TAG`, the name under which the cluster runs it. */
  reference: string;
  /** A Docker archive, in a folder of its own that holds nothing of the user's. */
  file: string;
}

interface Resource {
  type: string;
  inputs?: { imageName?: string };
  outputs?: { dockerHost?: string; dockerCertPath?: string };
}

/**
 * Brings up the cluster and builds both images in it, all but the release, and hands them over as archives, which are
 * removed afterwards. They are the very images that the next `up` releases.
 * @throws UserError if they cannot be built.
 */
export const withImageArchives = async <T>(use: (archives: ImageArchive[]) => Promise<T>): Promise<T> => {
  const stack = ["--stack", stackName()];
  // Both components whole: what waits for the release would wait in vain, and the release that runs needs its Secrets,
  // which other settings would replace.
  const release = ["--exclude", "**TodoRelease**", "--exclude", "**AppSecrets**"];
  if ((await runPulumi(["up", "--yes", "--skip-preview", ...release, ...stack])) !== 0) {
    throw new UserError("The images cannot be built.", "Fix what Pulumi says above, then run this again.");
  }
  const folder = await mkdtemp(join(tmpdir(), "todo-stack-images-"));
  try {
    return await use(await saveImages(folder, stack));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const saveImages = async (folder: string, stack: string[]): Promise<ImageArchive[]> => {
  const { stdout } = await execa("pulumi", ["stack", "export", ...stack], { env: environment(), extendEnv: false });
  const { resources } = (JSON.parse(stdout) as { deployment: { resources: Resource[] } }).deployment;
  const cluster = resources.find(({ type }) => type === "minikube:index:Cluster")?.outputs;
  const names = resources.flatMap(({ type, inputs }) =>
    type === "docker:index/image:Image" && inputs?.imageName !== undefined ? [inputs.imageName] : [],
  );
  const env = {
    ...toolEnvironment(),
    DOCKER_HOST: cluster?.dockerHost,
    DOCKER_CERT_PATH: cluster?.dockerCertPath,
    DOCKER_TLS_VERIFY: "1",
  };
  const archives: ImageArchive[] = [];
  for (const reference of names) {
    const file = join(folder, `${reference.split(":")[0] ?? reference}.tar`);
    await run(`save image ${reference}`, "docker", ["save", "--output", file, reference], { env });
    archives.push({ reference, file });
  }
  return archives;
};
