import { styleText } from "node:util";
import { table } from "../table.ts";
import type { Incident } from "../operations/incidents.ts";
import type { Application, Status } from "./status.ts";

/**
 * Puts a status on a screen, with colours on a terminal.
 * @param now in milliseconds since 1970.
 */
export const screen = (status: Status, now: number): string => {
  const { application } = status;
  const facts = [
    ["Stack", status.stack],
    ["Cluster", clusterLine(status)],
    ...(application === undefined ? [] : [["Release", releaseLine(application, now)]]),
    ["URL", `${status.url}, ${status.answers ? good("answers") : bad("does not answer")}`],
    ...(status.takenAlong === undefined ? [] : [["Data", bad(status.takenAlong)]]),
  ];
  return [
    table(facts),
    ...(application === undefined
      ? []
      : [podTable(application, now), imageTable(application), incidentTable(application, now)]),
    ...(status.next === undefined ? [] : [status.next]),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};

const good = (text: string): string => styleText("green", text);
const bad = (text: string): string => styleText("red", text);

const clusterLine = ({ profile, cluster, instance, kubernetesVersion, application }: Status): string => {
  const life = cluster === "running" ? good(cluster) : bad(cluster === "unknown" ? "not known" : cluster);
  const policies =
    application?.networkPolicy === "none"
      ? bad("NetworkPolicies not enforced")
      : `NetworkPolicies enforced by ${application?.networkPolicy ?? ""}`;
  return [
    `${profile} ${life}`,
    ...(instance === undefined ? [] : [`instance ${instance}`]),
    ...(kubernetesVersion === undefined ? [] : [`Kubernetes ${kubernetesVersion}`]),
    ...(application === undefined ? [] : [policies]),
  ].join(", ");
};

const releaseLine = ({ release }: Application, now: number): string => {
  if (release === undefined) return bad("none");
  const { version, status, deployed, description } = release;
  const state = status === "deployed" ? status : bad(status);
  const when = deployed === "" ? "" : ` ${age(deployed, now)} ago`;
  return `revision ${version}, ${state}${when}: ${description}`;
};

const podTable = ({ pods }: Application, now: number): string => {
  if (pods.length === 0) return "";
  const rows = pods.map(({ name, ready, restarts, created, trouble }) => [
    name,
    ready,
    String(restarts),
    age(created, now),
    trouble === undefined ? "" : bad(trouble),
  ]);
  return table([["Pod", "Ready", "Restarts", "Age", ""], ...rows]);
};

const imageTable = ({ images }: Application): string =>
  images.length === 0 ? "" : table([["Image"], ...images.map((image) => [image])]);

const incidentTable = ({ incidents }: Application, now: number): string => {
  if (incidents === undefined) return "";
  if (incidents.length === 0) return "The operations controller has found nothing.";
  const rows = incidents.map(({ summary, state, opened, question }) => [
    summary,
    question === undefined ? states[state] : bad(`asks you: npm run aiops -- approve ${question.code}`),
    age(opened, now),
  ]);
  return table([["Found by the operations controller", "State", "Age"], ...rows]);
};

const states: Record<Incident["state"], string> = {
  open: bad("watched"),
  acting: bad("being repaired"),
  told: bad("needs a person"),
  untreatable: bad("needs a person"),
  repaired: good("repaired"),
  gone: good("gone by itself"),
};

/** `45s`, `12m`, `5h` or `3d`. */
const age = (time: string, now: number): string => {
  if (time === "") return "";
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
};
