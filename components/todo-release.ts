import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import type { AppImage } from "./app-image.ts";
import type { AppSecrets } from "./app-secrets.ts";
import { chartHash } from "./lib/content-hash.ts";
import type { Egress } from "./lib/egress.ts";
import { ReleasePresence, Rollout } from "./lib/minikube.ts";
import { nodePort } from "./minikube-cluster.ts";
import type { MinikubeCluster } from "./minikube-cluster.ts";

/** Arguments of {@link TodoRelease}. */
export interface TodoReleaseArgs {
  /** The cluster that runs the application. */
  cluster: MinikubeCluster;
  /** The namespace and the Secrets. */
  secrets: AppSecrets;
  /** Where and what the language model is; empty means what the key's own service has. */
  languageModel: { baseUrl: string; name: string };
  /** Flows out of the cluster that the backend needs. */
  egress: Egress[];
  /** Image of the backend. */
  backend: AppImage;
  /** Image of the frontend. */
  frontend: AppImage;
}

/** The application in the cluster: one Helm release of `charts/todo`, which is done when all of its pods are ready. */
export class TodoRelease extends pulumi.ComponentResource {
  /** Name of the Helm release. */
  readonly releaseName: pulumi.Output<string>;

  constructor(name: string, args: TodoReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:TodoRelease", name, {}, opts);
    const { cluster, secrets, languageModel, egress, backend, frontend } = args;
    const chart = "./charts/todo";
    const { kubeconfig, instance } = cluster;
    const where = { release: "todo", namespace: secrets.namespace, kubeconfig, instance };

    const presence = new ReleasePresence(`${name}-presence`, { ...where, description: "chart " }, { parent: this });
    const release = new Release(
      `${name}-release`,
      {
        name: where.release,
        namespace: secrets.namespace,
        chart,
        // Release compares the version in Chart.yaml alone. The hash is how an edited template is noticed, and the count how
        // a release is put right that somebody else has changed.
        description: pulumi.interpolate`chart ${chartHash(chart).slice(0, 16)}${presence.repairs.apply(repairNote)}`,
        values: {
          secrets: { backend: secrets.backend, postgres: secrets.postgres ?? "" },
          // One pod each, which leaves room for a second one during a rollout on two CPUs.
          backend: {
            replicas: 1,
            image: imageOf(backend),
            config: { llmBaseUrl: languageModel.baseUrl, llmModel: languageModel.name },
          },
          frontend: { replicas: 1, image: imageOf(frontend), service: { nodePort } },
          postgres: { enabled: secrets.postgres !== undefined },
          networkPolicy: { backendEgress: egress },
        },
        // The rollout waits: Helm looks every two seconds, and says of a failure that time is up.
        skipAwait: true,
      },
      {
        ...cluster.inKubernetes,
        parent: this,
        dependsOn: [secrets, backend, frontend],
        replacementTrigger: presence.life,
        // It goes with its namespace. Asked to remove it from a new cluster, Helm would fail: it is not there.
        retainOnDelete: true,
      },
    );

    new Rollout(
      `${name}-rollout`,
      {
        ...where,
        release: release.name,
        revision: release.status.revision,
        nodeStarted: cluster.nodeStarted,
        url: cluster.url,
      },
      { parent: this },
    );

    this.releaseName = release.name;
    this.registerOutputs({ releaseName: this.releaseName });
  }
}

function repairNote(repairs: number): string {
  return repairs === 0 ? "" : `, repair ${repairs}`;
}

function imageOf(image: AppImage): { repository: string; tag: string } {
  return { repository: image.repository, tag: image.tag };
}
