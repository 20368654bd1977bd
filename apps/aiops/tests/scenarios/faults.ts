import type { FindingKind } from "../../src/diagnosis/finding.ts";
import { put } from "./live.ts";
import type { Live, Patch } from "./live.ts";

/** Something that goes wrong on a real cluster, and what must be said and done about it. */
export interface Fault {
  what: string;
  inject: (live: Live) => Promise<void>;
  /** The cause that must be named first. */
  finding: `${FindingKind}:${string}`;
  /** What must be done; nothing where the closed set has no help. */
  action?: "restart" | "scale" | "roll-back" | "re-apply";
  /** What the controller names first, if it is something else: it looks before the pods have noticed. */
  atOnce?: `${FindingKind}:${string}`;
  /** What else is wrong, and must be repaired as well. */
  also?: `${FindingKind}:${string}`[];
  /** A hint that must stand beside the finding. */
  hint?: string;
  /** Whether it is one of the few that every run of all tests has. */
  always?: true;
}

const container = "/spec/template/spec/containers/0";
const memory = (amount: string): Patch[] => [
  put(`${container}/resources/requests/memory`, amount),
  put(`${container}/resources/limits/memory`, amount),
];

export const faults: Fault[] = [
  {
    what: "a release with an image that is nowhere",
    inject: (live) => live.release("todo-backend", [put(`${container}/image`, "todo-backend:nowhere")]),
    finding: "image-missing:Deployment/todo-backend",
    action: "roll-back",
    always: true,
  },
  {
    what: "a frontend that was scaled to zero",
    inject: (live) => live.scaleToZero("Deployment", "todo-frontend"),
    finding: "scaled-to-zero:Deployment/todo-frontend",
    action: "scale",
    always: true,
  },
  {
    what: "a NetworkPolicy that was deleted, and with it the way to the database",
    inject: (live) => live.remove("NetworkPolicy", "todo-postgres"),
    finding: "network-policy:NetworkPolicy/todo-postgres",
    action: "re-apply",
    always: true,
  },
  {
    what: "a release that crashes",
    inject: (live) =>
      live.release("todo-backend", [put(`${container}/command`, ["python", "-c", "raise SystemExit(3)"])]),
    finding: "crash-loop:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "a database whose password was changed",
    inject: async (live) => {
      const end =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'todo' AND pid <> pg_backend_pid()";
      const sql = `ALTER ROLE todo PASSWORD 'another'; ${end}`;
      await live.exec("postgres", ["psql", "--username=todo", "--dbname=todo", "--command", sql]);
    },
    finding: "database-refuses:StatefulSet/todo-postgres",
    action: "restart",
    hint: "the database refuses the password",
  },
  {
    what: "a release with too little memory",
    inject: (live) => live.release("todo-backend", memory("24Mi")),
    finding: "out-of-memory:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "a Service with a wrong target port",
    inject: (live) => live.edit("Service", "todo-backend", [put("/spec/ports/0/targetPort", 8001)]),
    finding: "service-misrouted:Service/todo-backend",
    action: "re-apply",
  },
  {
    what: "a release with a probe that never passes",
    inject: (live) => live.release("todo-backend", [put(`${container}/readinessProbe/httpGet/path`, "/nothing")]),
    finding: "failing-probe:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "a pod whose disk is full",
    inject: async (live) => {
      const fill = "f = open('/tmp/full', 'wb')\nfor _ in range(80): f.write(bytes(2**20))\nf.flush()";
      await live.exec("backend", ["python", "-c", fill]);
    },
    finding: "disk-full:Deployment/todo-backend",
  },
  {
    what: "a release for which no node has room",
    inject: (live) => live.release("todo-backend", memory("900Gi")),
    finding: "unschedulable:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "a NetworkPolicy whose rules were taken out",
    inject: (live) => live.edit("NetworkPolicy", "todo-backend", [put("/spec/egress", [])]),
    finding: "network-policy:NetworkPolicy/todo-backend",
    action: "re-apply",
  },
  {
    what: "a release that names a Secret which is not there",
    inject: (live) =>
      live.release("todo-backend", [put(`${container}/envFrom`, [{ secretRef: { name: "todo-backend-gone" } }])]),
    finding: "missing-reference:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "a database that was scaled to zero",
    inject: (live) => live.scaleToZero("StatefulSet", "todo-postgres"),
    finding: "scaled-to-zero:StatefulSet/todo-postgres",
    action: "scale",
  },
  {
    what: "a ConfigMap that was edited",
    inject: (live) => live.edit("ConfigMap", "todo-backend", [put("/data/LOG_LEVEL", "DEBUG")]),
    finding: "drift:ConfigMap/todo-backend",
    action: "re-apply",
  },
  {
    what: "a release of the frontend that crashes",
    inject: (live) => live.release("todo-frontend", [put(`${container}/command`, ["node", "-e", "process.exit(3)"])]),
    finding: "crash-loop:Deployment/todo-frontend",
    action: "roll-back",
  },
  {
    what: "a Service that selects nothing",
    inject: (live) =>
      live.edit("Service", "todo-postgres", [put("/spec/selector/app.kubernetes.io~1component", "nobody")]),
    finding: "service-misrouted:Service/todo-postgres",
    action: "re-apply",
  },
  {
    what: "an image that somebody has edited",
    inject: (live) => live.edit("Deployment", "todo-backend", [put(`${container}/image`, "todo-backend:nowhere")]),
    finding: "image-missing:Deployment/todo-backend",
    atOnce: "drift:Deployment/todo-backend",
    action: "re-apply",
  },
  {
    what: "a NetworkPolicy that nobody has released",
    inject: (live) => live.addPolicy("stranger"),
    finding: "network-policy:NetworkPolicy/stranger",
  },
  {
    what: "a ConfigMap that was deleted",
    inject: (live) => live.remove("ConfigMap", "todo-frontend"),
    finding: "drift:ConfigMap/todo-frontend",
    action: "re-apply",
  },
  {
    what: "a backend that was scaled to zero",
    inject: (live) => live.scaleToZero("Deployment", "todo-backend"),
    finding: "scaled-to-zero:Deployment/todo-backend",
    action: "scale",
  },
];
