import { AppImage } from "./components/app-image.ts";
import { AppSecrets } from "./components/app-secrets.ts";
import { hideAnswersFromDebugMessages } from "./components/lib/debug-messages.ts";
import { applications } from "./components/lib/development.ts";
import { ExistingCluster } from "./components/existing-cluster.ts";
import { MinikubeCluster } from "./components/minikube-cluster.ts";
import type { Target } from "./components/target.ts";
import { TodoRelease } from "./components/todo-release.ts";
import { loadSettings } from "./config.ts";

// The SDK takes a stack with every resource and has each traced back to its own TypeScript: a fifth of the program's
// time, for frames that nobody reads. This program's own TypeScript runs as it is.
Reflect.deleteProperty(Error, "prepareStackTrace");
hideAnswersFromDebugMessages();

const settings = loadSettings();

// The machine under everything: a Minikube of this stack alone, or a cluster that is there.
const { existing, namespace: space } = settings;
const cluster: Target =
  existing === undefined
    ? new MinikubeCluster("todo", settings)
    : new ExistingCluster("todo", { ...existing, namespace: space });

// The two images, built inside it or pushed to where its nodes pull.
const imageOf = (name: keyof typeof applications): AppImage => {
  const { context, code } = applications[name];
  const withoutCode = settings.development ? code : undefined;
  return new AppImage(`todo-${name}`, { repository: `todo-${name}`, context, cluster, withoutCode });
};
const backend = imageOf("backend");
const frontend = imageOf("frontend");

// The controller for operations, where it is wanted.
const controller =
  settings.operations === "off"
    ? undefined
    : new AppImage("todo-aiops", { repository: "todo-aiops", context: "./apps/aiops", cluster });

// What they must not contain.
const secrets = new AppSecrets("todo", { ...settings, cluster, registryLogin: existing?.registryLogin });

// The application: the database, then the backend, then the frontend.
new TodoRelease("todo", { ...settings, cluster, secrets, backend, frontend, controller });

/** Where the application answers, once it is released. */
export const url = cluster.url;
/** Image that the backend runs. */
export const backendImage = backend.reference;
/** Image that the frontend runs. */
export const frontendImage = frontend.reference;
/** Namespace of the application. */
export const namespace = secrets.namespace;
