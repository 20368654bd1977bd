import { readFileSync } from "node:fs";
import { RemoteImage } from "@pulumi/docker/remoteImage.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { textOf } from "../provider/engine/kept-text.ts";
import { versions } from "../versions.ts";
import type { AppImage } from "./app-image.ts";
import type { AppSecrets } from "./app-secrets.ts";
import { applicationAnswer } from "./lib/application-answer.ts";
import { brokenLinks, chartFiles, hashOf, readFiles } from "./build-context/content-hash.ts";
import type { Egress } from "./settings/egress.ts";
import { CopiedImage, Manifests, ReleasePresence, Rollout } from "./lib/minikube-resources.ts";
import { merge } from "./lib/merge-values.ts";
import type { NodeImages, Target } from "./target.ts";

/** Arguments of {@link TodoRelease}. */
export interface TodoReleaseArgs {
  /** The cluster that runs the application. */
  cluster: Target;
  /** The namespace and the Secrets. */
  secrets: AppSecrets;
  /** Where and what the language model is; empty means what the key's own service has. */
  languageModel: { baseUrl: string; name: string };
  /** Flows out of the cluster that the backend needs. */
  egress: Egress[];
  /** Whether a Prometheus is to read the metrics. */
  monitoring: boolean;
  /** Whether a controller is to name what is wrong, or also repair it. */
  operations: "off" | "watch" | "act";
  /** What the service takes that the controller tells, and where it is. */
  webhook: { format: string; egress: Egress } | undefined;
  /** Whether there is to be an account that may only look. */
  reader: boolean;
  /** Whether the pods are to get their code from `npm run dev`. */
  development: boolean;
  /** Image of the backend. */
  backend: AppImage;
  /** Image of the frontend. */
  frontend: AppImage;
  /** Image of the controller; undefined when `operations` is off. */
  controller: AppImage | undefined;
}

/** The application in the cluster: one Helm release of `charts/todo`, which is done when all of its pods are ready. */
export class TodoRelease extends pulumi.ComponentResource {
  /** Name of the Helm release. */
  readonly releaseName: pulumi.Output<string>;

  constructor(name: string, args: TodoReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:TodoRelease", name, {}, opts);
    const { cluster, secrets, monitoring, development, backend, frontend, controller } = args;
    const chart = "./charts/todo";
    mustBeWhole(chart);
    const files = chartFiles(chart);
    const { kubeconfig, context, identity, images } = cluster;
    const { namespace, life: instance } = secrets;
    const where = { release: "todo", namespace, instance, kubeconfig, context, ...identity };

    // Pulled ahead: the time that a release may take is no time for a download.
    const pulled = monitoring && images.registry === undefined ? this.#pull(name, cluster.instance, images) : [];

    const production = merge(cluster.values, applicationValues(args));
    const values = development ? inDevelopment(production, `${chart}/values-dev.yaml`) : production;

    const manifests = new Manifests(
      `${name}-manifests`,
      { chart, files: textOf(files), release: where.release, namespace: secrets.namespace, values },
      { parent: this },
    );
    const presence = new ReleasePresence(`${name}-presence`, { ...where, description: "chart " }, { parent: this });
    const release = new Release(
      `${name}-release`,
      {
        name: where.release,
        namespace: secrets.namespace,
        chart,
        // Release compares the version in Chart.yaml alone. The hash is how an edited template is noticed, and the
        // count how a release is put right that somebody else has changed.
        description: pulumi.interpolate`chart ${hashOf(files)}${presence.repairs.apply(repairNote)}`,
        values,
        // The rollout waits: Helm looks every two seconds, and says of a failure that time is up.
        skipAwait: true,
      },
      {
        ...cluster.inKubernetes,
        parent: this,
        // After the manifests, so that what a policy forbids is not applied.
        dependsOn: [
          secrets,
          backend,
          frontend,
          ...(controller === undefined ? [] : [controller]),
          manifests,
          ...pulled,
        ],
        replacementTrigger: presence.life,
        // Old and new have the same name: the other way round, removing the old would remove the new.
        deleteBeforeReplace: true,
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
        answer: applicationAnswer,
      },
      { parent: this },
    );

    this.releaseName = release.name;
    this.registerOutputs({ releaseName: this.releaseName });
  }

  /** Pulls Prometheus' image to the first node, and has the others get it from there. */
  #pull(name: string, instance: pulumi.Output<string>, { inDaemon, copies }: NodeImages): pulumi.Resource[] {
    const image = `prom/prometheus:v${versions.promtool}`;
    const pulled = new RemoteImage(
      `${name}-prometheus-image`,
      { name: image, keepLocally: true },
      { ...inDaemon, parent: this, replacementTrigger: instance },
    );
    if (copies === undefined) return [pulled];
    const options = { parent: this, dependsOn: pulled };
    return [pulled, new CopiedImage(`${name}-prometheus-copies`, { image, ...copies, instance }, options)];
  }
}

/** The values of the chart that follow from the settings. */
function applicationValues(args: TodoReleaseArgs): object {
  const { cluster, secrets, languageModel, egress, monitoring, reader, backend, frontend, controller } = args;
  return {
    secrets: {
      backend: secrets.backend,
      postgres: secrets.postgres ?? "",
      ...(secrets.operations === undefined ? {} : { operations: secrets.operations }),
      ...(secrets.assistants === undefined ? {} : { assistants: secrets.assistants }),
    },
    ...(secrets.registry === undefined ? {} : { global: { imagePullSecrets: [secrets.registry] } }),
    backend: { image: imageOf(backend), config: { llmBaseUrl: languageModel.baseUrl, llmModel: languageModel.name } },
    frontend: { image: imageOf(frontend) },
    postgres: { enabled: secrets.postgres !== undefined },
    networkPolicy: { backendEgress: [...egressOf(cluster.values), ...egress] },
    monitoring: { enabled: monitoring },
    aiops: { reader: { enabled: reader } },
    // Without it the values, and all that hangs on them, are as if there were no such thing.
    ...(controller === undefined
      ? {}
      : { operations: { mode: modeOf(args), image: imageOf(controller), ...webhookValues(args) } }),
  };
}

function webhookValues({ webhook }: TodoReleaseArgs): object {
  return webhook === undefined ? {} : { webhook: { format: webhook.format, egress: [webhook.egress] } };
}

/** In development whoever edits the code repairs what it breaks. */
function modeOf({ operations, development }: TodoReleaseArgs): string {
  return development && operations === "act" ? "watch" : operations;
}

/** Helm reads no chart with a link to nothing in it, not even where its `.helmignore` leaves that out. */
function mustBeWhole(chart: string): void {
  const [link] = brokenLinks(chart, readFiles(chart, ["**"]));
  if (link === undefined) return;
  throw new pulumi.RunError(
    `${chart}/${link} is a link to nothing, and Helm reads no chart with such a link. An editor may have left it because a file is ` +
      `not saved: save that file. Or type: rm '${chart}/${link}'`,
  );
}

/** Adds the values of development to those of the program, which go first. */
function inDevelopment(values: object, file: string): Record<string, unknown> {
  const overlay = parse(readFileSync(file, "utf8")) as object;
  return merge(merge(overlay, values), { development: { enabled: true } });
}

/** The flows out of the cluster that the values for it name themselves. */
function egressOf(values: { networkPolicy?: { backendEgress?: Egress[] } }): Egress[] {
  return values.networkPolicy?.backendEgress ?? [];
}

function repairNote(repairs: number): string {
  return repairs === 0 ? "" : `, repair ${repairs}`;
}

function imageOf(image: AppImage): { repository: string; tag: string } {
  return { repository: image.repository, tag: image.tag };
}
