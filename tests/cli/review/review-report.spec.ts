import assert from "node:assert/strict";
import { planIn } from "../../../cli/review/plan.ts";
import type { Plan } from "../../../cli/review/plan.ts";
import { reportOf } from "../../../cli/review/review-report.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "canary" };

const created = (type: string, name: string, inputs: object): object => ({
  resourcePreEvent: {
    metadata: { op: "create", urn: `urn:pulumi:dev::todo-stack::${type}::${name}`, type, new: { inputs } },
  },
});
const cluster = (instance: string): object => created("minikube:index:Cluster", "todo-cluster", { instance, cpus: 4 });
const image = (files: Record<string, string>, instance = "life-1"): object =>
  created("minikube:index:ImagePresence", "todo-backend-presence", { files: JSON.stringify(files), instance });
const texts = (objects: object): object =>
  Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, JSON.stringify(object)]));
const manifests = (objects?: object): object =>
  created("minikube:index:Manifests", "todo-manifests", {
    files: JSON.stringify({ "Chart.yaml": "a" }),
    values: {},
    objects: objects && texts(objects),
  });

/** The plan of a preview that printed these events. */
const plan = (...events: object[]): Plan => planIn(events.map((event) => JSON.stringify(event)).join("\n"), "");

describe("the report of a review", () => {
  it("says so when nothing changes, though each preview makes up an instance", () => {
    const [one, other] = ["life-1", "life-2"].map((life) =>
      plan(cluster(life), image({ a: "1" }, life), manifests({})),
    );
    assert.ok(one && other);
    assert.match(reportOf(one, other), /No resource changes\.\n\n### Policies\n\nAll are kept\./);
  });

  it("names the resources that come, go and change", () => {
    const report = reportOf(
      plan(cluster("x"), created("a:b:C", "gone", { x: 1 })),
      plan(
        created("minikube:index:Cluster", "todo-cluster", { instance: "y", cpus: 2 }),
        created("a:b:C", "new", { x: 1 }),
      ),
    );
    assert.match(report, /Resources: 1 added, 1 removed, 1 changed\./);
    assert.match(report, /^- gone {2}\(a:b:C\)\n\+ new {2}\(a:b:C\)\n! todo-cluster {2}\(minikube:index:Cluster\)$/m);
    assert.match(report, /^-cpus: 4\n\+cpus: 2$/m);
  });

  it("names the files of an image that come, go and change, and only those", () => {
    const report = reportOf(
      plan(image({ same: "1", old: "1", edited: "1" })),
      plan(image({ same: "1", edited: "2", new: "1" })),
    );
    assert.match(report, /### Images\n\n\*\*todo-backend\*\*\n\n````diff\n! edited\n\+ new\n- old\n````/);
  });

  it("shows the changed lines of a manifest, and no other manifest", () => {
    const of = (port: number): object => ({ "Service/web": { spec: { port } }, "Pod/same": { spec: {} } });
    const report = reportOf(plan(manifests(of(1))), plan(manifests(of(2))));
    assert.match(report, /<summary>Service\/web<\/summary>\n\n````diff\n.*\n spec:\n- {2}port: 1\n\+ {2}port: 2\n````/);
    assert.doesNotMatch(report, /Pod\/same/);
  });

  it("compares with a commit whose provider keeps files and objects as trees", () => {
    const of = (port: number): object => ({ "Service/web": { spec: { port } } });
    const files = { "Chart.yaml": "a" };
    const before = plan(created("minikube:index:Manifests", "todo-manifests", { files, values: {}, objects: of(1) }));
    assert.match(reportOf(before, plan(manifests(of(1)))), /No resource changes\./);
    assert.match(reportOf(before, plan(manifests(of(2)))), /^- {2}port: 1\n\+ {2}port: 2$/m);
  });

  it("says so when manifests could not be rendered", () => {
    const report = reportOf(plan(manifests({ "Pod/a": {} })), plan(manifests()));
    assert.match(report, /There was no Helm, so manifests were neither rendered nor checked\./);
  });

  it("masks secrets, names what is unknown, and never reads what Pulumi prints for debugging", () => {
    const inputs = { key: secret, name: unknown, url: `http://${unknown}/`, __internal: { a: 1 } };
    const debug = { diagnosticEvent: { severity: "debug", message: "canary" } };
    const report = reportOf(plan(), plan(debug, created("kubernetes:core/v1:Secret", "secret", inputs)));
    assert.match(report, /^\+key: "\[secret\]"\n\+name: "\[unknown\]"\n\+url: http:\/\/\[unknown\]\/$/m);
    assert.ok(!report.includes("canary"), "a secret is in the report");
    assert.ok(!report.includes("__internal"), report);
  });

  it("lists violations and failures", () => {
    const urn = "urn:pulumi:dev::todo-stack::a:b:C::todo-image";
    const failed = plan(
      { policyEvent: { resourceUrn: urn, policyName: "no-pushed-image", message: "It would be pushed.\n" } },
      { diagnosticEvent: { severity: "error", message: "todo-stack:cpu does not exist\n" } },
      { diagnosticEvent: { severity: "error", message: "preview failed\n" } },
    );
    assert.deepEqual(failed.errors, ["todo-stack:cpu does not exist"]);
    const report = reportOf(plan(), failed);
    assert.match(report, /### Policies: violated\n\n````text\nno-pushed-image, todo-image: It would be pushed\.\n````/);
    assert.match(report, /### The preview failed\n\n````text\ntodo-stack:cpu does not exist\n````/);
    assert.match(reportOf(failed, plan()), /### What this is compared with cannot be previewed/);
  });

  it("takes the last words of a preview that could not even begin for the reason", () => {
    assert.deepEqual(planIn("", "npm start is needed\n").errors, ["npm start is needed"]);
  });

  it("does not call policies kept that a failed preview may not have looked at", () => {
    const report = reportOf(plan(), planIn("", "npm start is needed\n"));
    assert.match(report, /### Policies\n\nNot checked: the preview failed\./);
  });

  it("cannot be broken out of by what a change contains", () => {
    const report = reportOf(plan(), plan(image({ "`````\n# Approved": "1" }), manifests({ "Pod/<b>": {} })));
    assert.match(report, /^`{6}diff$/m);
    assert.match(report, /<summary>Pod\/&lt;b><\/summary>/);
  });

  it("is short enough for a comment, and says what to type for the rest", () => {
    const files = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`a/rather/long/path/${index}`, "1"]));
    const report = reportOf(plan(), plan(image(files)));
    assert.ok(report.length <= 60_000, `${report.length} characters`);
    assert.match(report, /The rest is left out\.\*\* See all of it: `npm run review -- BASE`\n$/);
  });
});
