import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { V1Pod } from "@kubernetes/client-node";
import { applicationAnswer } from "../../components/lib/application-answer.ts";
import { answers } from "../../provider/diagnosis/http-answer.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { ignoredDocker } from "../../provider/processes/user-environment.ts";
import { diagnose, holdUp } from "../../provider/diagnosis/diagnosis.ts";
import { Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";
import { currentRevisions } from "../../provider/diagnosis/revisions.ts";
import type { Revision } from "../../provider/diagnosis/revisions.ts";
import { workloadsOf } from "../../provider/diagnosis/workloads.ts";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { enforcerIn, lookAtCluster, namespaceIn } from "../../state/access/own-cluster.ts";
import type { OwnCluster, Place } from "../../state/access/own-cluster.ts";
import { placeOf } from "../../state/access/reach.ts";
import { stackName } from "../../state/stack.ts";
import { readKept } from "../../data/kept-backup.ts";
import { onTakenAlong } from "../doctor/taken-along.ts";
import { incidentsIn } from "../operations/incidents.ts";
import type { Incident } from "../operations/incidents.ts";
import { screen } from "./screen.ts";

/** One pod of the application, or what should have one. */
interface PodStatus {
  name: string;
  /** Containers that are ready, and all: `1/1`. */
  ready: string;
  restarts: number;
  /** In ISO 8601; empty where there is no pod. */
  created: string;
  /** What is wrong with it; undefined when nothing is. */
  trouble?: string;
}

/** What runs inside a cluster. */
export interface Application {
  networkPolicy: string;
  /** The newest revision; undefined when nothing is released. */
  release?: Omit<Revision, "secret" | "manifest">;
  pods: PodStatus[];
  /** References of the images that the pods run. */
  images: string[];
  /** What the operations controller has found, the newest first; undefined when there is none. */
  incidents?: Incident[];
}

/** What `npm run status` shows. */
export interface Status {
  stack: string;
  profile: string;
  cluster: OwnCluster["life"];
  instance?: string;
  kubernetesVersion?: string;
  /** Undefined when nobody can be asked. */
  application?: Application;
  url: string;
  /** Whether the application answers at its URL. */
  answers: boolean;
  /** How far data are that are being taken along; undefined when none are. */
  takenAlong?: string;
  /** What is wrong and what to type, in a line; undefined when all is well. */
  next?: string;
}

/** Long enough for a loaded machine, short enough for a person. */
const patience = 20_000;

/**
 * Shows how the stack is, on one screen.
 * @param json true for JSON instead.
 * @returns the exit code: 0 when the application answers.
 */
export const status = async (json: boolean): Promise<number> => {
  const commands = new Commands(toolEnvironment(), AbortSignal.timeout(patience));
  const found = await statusOf(commands, placeOf(stackName()));
  console.log(json ? JSON.stringify(found, undefined, 2) : screen(found, Date.now()));
  return found.answers ? 0 : 1;
};

/** Finds out how a stack is, and changes nothing. */
export const statusOf = async (commands: Commands, place: Place): Promise<Status> => {
  const cluster = await lookAtCluster(commands, place);
  const { settings, state, life, mark, made } = cluster;
  const url = state.url ?? `http://localhost:${settings.port}`;
  const isRunning = life === "running";
  // What answers at the port of a cluster that does not run, is somebody else's.
  const [application, isAnswering] = await Promise.all([
    isRunning ? lookInside(cluster).catch(reasonOf) : undefined,
    isRunning && answers(url, applicationAnswer),
  ]);
  const inside = typeof application === "string" ? undefined : application;
  const takenAlong = onTakenAlong(readKept(place.stack, join(place.folder, ".state")))?.text;
  const next = isAnswering && inside !== undefined ? undefined : nextStep(cluster, application);
  return {
    stack: place.stack,
    profile: settings.profile,
    cluster: life,
    ...(mark === undefined || life === "foreign" ? {} : { instance: mark.instance }),
    ...(made === undefined || life === "foreign" ? {} : { kubernetesVersion: made.kubernetesVersion }),
    ...(inside === undefined ? {} : { application: inside }),
    url,
    answers: isAnswering,
    ...(takenAlong === undefined ? {} : { takenAlong }),
    ...(next === undefined ? {} : { next }),
  };
};

const release = "todo";
const mostIncidents = 5;

const lookInside = async (cluster: OwnCluster): Promise<Application> => {
  return await Namespace.use(namespaceIn(cluster, cluster.settings.namespace), async (namespace) => {
    const [networkPolicy, revisions, workloads, pods, incidents] = await Promise.all([
      enforcerIn(cluster),
      currentRevisions(namespace, release),
      workloadsOf(namespace, release),
      namespace.list<V1Pod>("v1", "pods", { labelSelector: `app.kubernetes.io/instance=${release}` }),
      incidentsIn(namespace),
    ]);
    const newest = revisions.toSorted((one, other) => other.version - one.version)[0];
    const refused = workloads.flatMap(({ name, wanted, refused }) =>
      refused === undefined
        ? []
        : [{ name, ready: `0/${wanted}`, restarts: 0, created: "", trouble: `gets no pod: ${refused}` }],
    );
    const images = pods.flatMap(({ spec }) => (spec?.containers ?? []).map(({ image = "" }) => image));
    return {
      networkPolicy,
      ...(newest === undefined ? {} : { release: withoutSecret(newest) }),
      pods: [...pods.map(podStatus), ...refused],
      images: [...new Set(images)].toSorted(),
      ...(incidents === undefined ? {} : { incidents: incidents.slice(0, mostIncidents) }),
    };
  });
};

const withoutSecret = ({
  version,
  status: state,
  description,
  deployed,
}: Revision): Omit<Revision, "secret" | "manifest"> => ({
  version,
  status: state,
  description,
  deployed,
});

const podStatus = (pod: V1Pod): PodStatus => {
  const containers = pod.status?.containerStatuses ?? [];
  const wanted = pod.spec?.containers.length ?? containers.length;
  const restarts = [...(pod.status?.initContainerStatuses ?? []), ...containers].map((each) => each.restartCount);
  const trouble = troubleOf(pod);
  return {
    name: pod.metadata?.name ?? "",
    ready: `${containers.filter(({ ready }) => ready).length}/${wanted}`,
    restarts: restarts.reduce((sum, each) => sum + each, 0),
    // Parsed JSON, in which the client's Date is a text.
    created: String(pod.metadata?.creationTimestamp ?? ""),
    ...(trouble === undefined ? {} : { trouble }),
  };
};

const troubleOf = (pod: V1Pod): string | undefined => {
  if (pod.metadata?.deletionTimestamp !== undefined) return "is being stopped";
  if (pod.status?.phase === "Failed") return pod.status.message ?? pod.status.reason ?? "has failed";
  const { container, reason } = diagnose(pod) ?? holdUp(pod) ?? {};
  if (reason === undefined) return undefined;
  return container === undefined ? reason : `${container} ${reason}`;
};

/** @param application what is inside, or why nobody can say. */
const nextStep = (cluster: OwnCluster, application: Application | string | undefined): string => {
  const { life, settings, mark, kubeconfig } = cluster;
  const { profile, driver } = settings;
  const place = mark?.engine === undefined ? "" : `, at ${mark.engine.host}`;
  switch (life) {
    case "missing":
      return "There is no cluster. To make one, type: npm start";
    case "paused":
      return "The cluster is paused. To let it run on, type: npm start";
    case "stopped":
      return "The cluster is stopped, and its data are kept. To start it, type: npm start";
    case "elsewhere":
      return `The cluster is in another Docker engine${place}. To make that one current: docker context ls, docker context use NAME`;
    case "unknown":
      return driver === "docker"
        ? `Docker does not answer, and the cluster runs in it. ${ignoredDocker(process.env) ?? "Start Docker, then type: npm start"}`
        : "Minikube does not say whether the cluster runs. Type: npm start";
    case "foreign":
      return `Minikube profile ${profile} belongs to ${mark?.owner ?? "somebody else"}. Type: npx pulumi config set profile NAME`;
    case "running":
      break;
  }
  const own = `.state/${profile}.kubeconfig`;
  if (!existsSync(kubeconfig)) return `The kubeconfig ${own} is missing. To have it written anew, type: npm start`;
  if (typeof application === "string") {
    return `Its Kubernetes cannot be asked: ${application}. If that lasts, type: docker stop ${profile}; npm start`;
  }
  if (application?.release === undefined) return "Nothing is released. Type: npm start";
  const look = `kubectl --kubeconfig ${own} --namespace ${settings.namespace} get pods,events`;
  return `The application does not answer. To repair it, type: npx pulumi up. To look: ${look}`;
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // Node gives refused connections to several addresses no message.
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
};
