import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "../../../machine/step.ts";
import { versions } from "../../../versions.ts";
import { goBinary, goBinaryStep } from "../go/binaries.ts";
import { makeRoot } from "./debian-root.ts";
import { docker, hasImage } from "./docker-build.ts";
import { imageFolder, runcScript } from "./folders.ts";
import { goSource } from "./go-sources.ts";
import { nodeImage, nodeRoot, nodeSettings } from "./node-recipe.ts";

const rootImage = "todo-stack/minikube-node-root:latest";

/** The step that makes Minikube's node image in the Docker Engine. */
export const nodeImageStep = (): Step => ({
  title: "Minikube's node image",
  needs: [goBinaryStep("cri-dockerd"), goBinaryStep("crictl")],
  isDone: () => hasImage(nodeImage()),
  run: async (report) => {
    if (await hasImage(nodeImage())) return;
    const draft = join(imageFolder, "node.partial");
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    try {
      const archive = join(draft, "root.tar");
      await makeRoot(nodeRoot, archive, await hookVariables(), report);
      report("importing it into Docker");
      await docker("import Minikube's node image", ["import", archive, rootImage]);
      // `docker import` of Docker 20 knows no STOPSIGNAL.
      const dockerfile = [`FROM ${rootImage}`, ...nodeSettings].join("\n");
      await docker("finish Minikube's node image", ["build", "--tag", nodeImage(), "-"], { input: dockerfile });
      await docker("finish Minikube's node image", ["image", "rm", "--no-prune", rootImage]);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  },
});

const hookVariables = async (): Promise<NodeJS.ProcessEnv> => ({
  KICBASE: join(await goSource("minikube", "k8s.io/minikube"), "deploy", "kicbase"),
  CRI_DOCKERD_UNITS: join(await goSource("cri-dockerd", "github.com/Mirantis/cri-dockerd"), "packaging", "systemd"),
  CRI_DOCKERD: goBinary("cri-dockerd"),
  CRICTL: goBinary("crictl"),
  RUNC: runcScript,
  MINIKUBE_VERSION: `v${versions.minikube}`,
});
