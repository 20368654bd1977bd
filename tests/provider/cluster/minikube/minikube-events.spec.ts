import assert from "node:assert/strict";
import { readEvent } from "../../../../provider/cluster/minikube/minikube-events.ts";
import type { MinikubeEvent } from "../../../../provider/cluster/minikube/minikube-events.ts";

const event = (type: string, data: object): string => JSON.stringify({ type: `io.k8s.sigs.minikube.${type}`, data });

describe("readEvent", () => {
  const table: [string, string, MinikubeEvent | undefined][] = [
    [
      "a step",
      event("step", { currentstep: "8", totalsteps: "19", message: "Creating docker container ...", name: "x" }),
      { kind: "progress", text: "8/19 Creating docker container ...", step: "x" },
    ],
    [
      "a step on a detour, which has no number",
      event("step", { currentstep: "", totalsteps: "19", message: "Deleting container" }),
      { kind: "progress", text: "Deleting container" },
    ],
    [
      "a message over several lines",
      event("info", { message: " Enabled addons:\n  a, b " }),
      { kind: "progress", text: "Enabled addons: a, b" },
    ],
    [
      "a download",
      event("download", { artifact: "preload.tar" }),
      { kind: "progress", text: "downloading preload.tar" },
    ],
    [
      "the progress of a download",
      event("download.progress", { artifact: "preload.tar", progress: "0.374" }),
      { kind: "progress", text: "downloading preload.tar 37 %" },
    ],
    ["a warning", event("warning", { message: "slow" }), { kind: "warning", text: "slow" }],
    [
      "an error with advice",
      event("error", { message: "no network", advice: "Try\nanother.", exitcode: "80", name: "GUEST_START" }),
      { kind: "error", text: "no network", advice: "Try another." },
    ],
    ["an error without a message", event("error", { name: "GUEST_START" }), { kind: "error", text: "GUEST_START" }],
    ["an empty step", event("step", { currentstep: "1", totalsteps: "19" }), undefined],
    ["an unknown type", event("novelty", { message: "x" }), undefined],
    ["an event of another program", JSON.stringify({ type: "com.example.step", data: { message: "x" } }), undefined],
    ["an event without data", JSON.stringify({ type: "io.k8s.sigs.minikube.step" }), undefined],
    ["plain text", "* Stopping node", undefined],
    ["half a line", '{"type":"io.k8s.sigs.minikube.step","da', undefined],
    ["nothing", "", undefined],
  ];
  for (const [what, line, expected] of table) {
    it(`reads ${what}`, () => {
      assert.deepEqual(readEvent(line), expected);
    });
  }
});
