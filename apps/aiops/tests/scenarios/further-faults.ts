import { put } from "./live.ts";
import type { Fault } from "./faults.ts";

const container = "/spec/template/spec/containers/0";
const nowhere = [{ name: "BACKEND_URL", value: "http://todo-backend:9" }];

/** The backend, which is held up for four seconds again and again once it is ready: its probes wait for five. */
const heldUp = [
  "python -m app & app=$!; sleep 20",
  "while kill -STOP $app; do sleep 4.9; kill -CONT $app; sleep 0.2; done",
].join("; ");

/** The backend, beside which something takes more and more memory once it is ready. */
const leaking = `python -m app & exec python -c '
import time
time.sleep(20)
held = []
while True:
    held.append(b"x" * 2**25)
    time.sleep(0.2)
'`;

/** What goes wrong while nobody looks: only who asks like a browser notices some of it. */
export const furtherFaults: Fault[] = [
  {
    what: "a release that leads the frontend to no backend, while every probe is green",
    inject: (live) => live.release("todo-frontend", [put(`${container}/env`, nowhere)]),
    finding: "wrong-answer:Deployment/todo-frontend",
    action: "roll-back",
  },
  {
    // Where the chart says nothing a field that was added is no drift.
    what: "a variable that somebody has added to the frontend, which leads it to no backend",
    inject: (live) => live.edit("Deployment", "todo-frontend", [put(`${container}/env`, nowhere)]),
    finding: "wrong-answer:Deployment/todo-frontend",
    action: "roll-back",
  },
  {
    what: "a release that answers late, while every probe is green",
    inject: (live) => live.release("todo-backend", [put(`${container}/command`, ["sh", "-c", heldUp])]),
    finding: "slow-answer:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "a release that leaks memory",
    inject: (live) => live.release("todo-backend", [put(`${container}/command`, ["sh", "-c", leaking])]),
    finding: "out-of-memory:Deployment/todo-backend",
    action: "roll-back",
  },
  {
    what: "two faults at once",
    inject: async (live) => {
      await live.remove("NetworkPolicy", "todo-postgres");
      await live.scaleToZero("Deployment", "todo-frontend");
    },
    finding: "network-policy:NetworkPolicy/todo-postgres",
    action: "re-apply",
    also: ["scaled-to-zero:Deployment/todo-frontend"],
  },
  {
    what: "a Service of the frontend that selects nothing",
    inject: (live) =>
      live.edit("Service", "todo-frontend", [put("/spec/selector/app.kubernetes.io~1component", "nobody")]),
    finding: "service-misrouted:Service/todo-frontend",
    action: "re-apply",
  },
  {
    what: "a NetworkPolicy that was deleted, and with it the way to the frontend",
    inject: (live) => live.remove("NetworkPolicy", "todo-frontend"),
    finding: "network-policy:NetworkPolicy/todo-frontend",
    action: "re-apply",
  },
  {
    what: "an image of the database that somebody has edited",
    inject: (live) => live.edit("StatefulSet", "todo-postgres", [put(`${container}/image`, "todo-postgres:nowhere")]),
    finding: "image-missing:StatefulSet/todo-postgres",
    action: "re-apply",
  },
  {
    what: "a release of the frontend with a probe that never passes",
    inject: (live) => live.release("todo-frontend", [put(`${container}/readinessProbe/httpGet/path`, "/nothing")]),
    finding: "failing-probe:Deployment/todo-frontend",
    action: "roll-back",
  },
  {
    what: "a probe of the backend that somebody has edited",
    inject: (live) =>
      live.edit("Deployment", "todo-backend", [put(`${container}/readinessProbe/httpGet/path`, "/nothing")]),
    finding: "drift:Deployment/todo-backend",
    action: "re-apply",
  },
  {
    what: "a database whose pod does not end, as on a node that is lost",
    inject: (live) => live.hold("postgres"),
    finding: "no-pod-ready:StatefulSet/todo-postgres",
  },
];
