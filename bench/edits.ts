import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { execa } from "execa";
import { Namespace } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import { toolEnvironment } from "../machine/tool-environment.ts";

/** A change of a source file that carries a mark, by which it is recognized when it has arrived in the cluster. */
export interface Edit {
  /** @param folder the checkout. */
  make: (folder: string, mark: string) => Promise<void>;
  /** Whether the cluster answers, or runs, as the edit says. */
  hasArrived: (namespace: Namespace, mark: string) => Promise<boolean>;
}

/** How long an edit may take to arrive, in milliseconds. */
const patience = 600_000;

/** Waits until an edit has arrived. @throws Error when it does not. */
export async function arrival(where: NamespaceRef, edit: Edit, mark: string): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await hasArrived(where, edit, mark))) {
    if (Date.now() > deadline) throw new Error(`the edit ${mark} has not arrived in namespace ${where.namespace}`);
    await sleep(50);
  }
}

async function hasArrived(where: NamespaceRef, edit: Edit, mark: string): Promise<boolean> {
  try {
    return await Namespace.use(where, (namespace) => edit.hasArrived(namespace, mark));
  } catch {
    // A pod that is being replaced does not answer.
    return false;
  }
}

/** A line of Python; the backend's own answer carries the mark. */
export const backendEdit: Edit = {
  make: (folder, mark) =>
    change(folder, "apps/backend/src/app/health/routes.py", /"status": "alive[^"]*"/, `"status": "alive ${mark}"`),
  hasArrived: (namespace, mark) => isAnswered(namespace, "todo-backend:8000/proxy/health", "live", mark),
};

/** A line of TypeScript; the frontend's own answer carries the mark. */
export const frontendEdit: Edit = {
  make: (folder, mark) =>
    change(folder, "apps/frontend/src/app/api/health/route.ts", /status: "ok[^"]*"/, `status: "ok ${mark}"`),
  hasArrived: (namespace, mark) => isAnswered(namespace, "todo-frontend:3000/proxy/api", "health", mark),
};

/** A line of a template; the backend's pods carry the mark. */
export const chartEdit: Edit = {
  make: (folder, mark) =>
    change(
      folder,
      "charts/todo/templates/backend/deployment.yaml",
      /(\n +bench\/mark: .*)?\n( +)checksum\/config: /,
      `\n$2bench/mark: ${mark}\n$2checksum/config: `,
    ),
  hasArrived: async (namespace, mark) => {
    const pods = await namespace.list<V1Pod>("v1", "pods", { labelSelector: "app.kubernetes.io/component=backend" });
    return pods.some(({ metadata, status }) => {
      const isReady = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
      return isReady && metadata?.annotations?.["bench/mark"] === mark;
    });
  },
};

/** Releases of a package that is small and needs no other. */
const releases = ["1.17.0", "1.16.0", "1.15.0", "1.14.0", "1.13.0", "1.12.0"];

/** Another package for the backend, or another release of it, with a lock file that agrees; and a line of Python. */
export const dependencyEdit: Edit = {
  make: async (folder, mark) => {
    const cwd = join(folder, "apps", "backend");
    const release = releases[Number(mark.split("-").at(-1)) % releases.length] ?? "";
    await execa("uv", ["add", "--no-sync", `six==${release}`], {
      cwd,
      env: toolEnvironment(process.env, "python"),
      extendEnv: false,
    });
    // What was built with the same release before does not count.
    await change(folder, "apps/backend/pyproject.toml", /^(# bench .*\n)?/, `# bench ${mark}\n`);
    await backendEdit.make(folder, mark);
  },
  hasArrived: (namespace, mark) => backendEdit.hasArrived(namespace, mark),
};

async function isAnswered(namespace: Namespace, service: string, path: string, mark: string): Promise<boolean> {
  const { status } = await namespace.get<{ status: string }>("v1", `services/${service}`, path);
  return status.endsWith(` ${mark}`);
}

/** Edits a file. @throws Error when there is nothing to edit. */
export async function change(folder: string, file: string, from: RegExp, to: string): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, "utf8");
  if (!from.test(text)) throw new Error(`${file} has nothing that looks like ${from}: repair bench/edits.ts`);
  await writeFile(path, text.replace(from, to));
}
