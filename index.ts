import { AppImage } from "./components/app-image.ts";
import { AppSecrets } from "./components/app-secrets.ts";
import { MinikubeCluster } from "./components/minikube-cluster.ts";
import { TodoRelease } from "./components/todo-release.ts";
import { loadSettings } from "./config.ts";

const settings = loadSettings();

// The machine under everything: a Minikube of this stack alone.
const cluster = new MinikubeCluster("todo", settings);

// The two images, built inside it.
const backend = new AppImage("todo-backend", { repository: "todo-backend", context: "./apps/backend", cluster });
const frontend = new AppImage("todo-frontend", { repository: "todo-frontend", context: "./apps/frontend", cluster });

// What they must not contain.
const secrets = new AppSecrets("todo", { ...settings, cluster });

// The application: the database, then the backend, then the frontend.
new TodoRelease("todo", { ...settings, cluster, secrets, backend, frontend });

/** Where the application answers, once it is released. */
export const url = cluster.url;
/** Image that the backend runs. */
export const backendImage = backend.reference;
/** Image that the frontend runs. */
export const frontendImage = frontend.reference;
/** Namespace of the application. */
export const namespace = secrets.namespace;
