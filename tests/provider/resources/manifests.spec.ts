import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { Commands } from "../../../provider/processes/commands.ts";
import { ManifestsResource } from "../../../provider/resources/manifests.ts";
import type { ManifestsInputs, ManifestsState } from "../../../provider/resources/manifests.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "canary" };

const template = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  text: {{ .Values.text | quote }}
  url: "http://{{ .Values.text }}:8000"
  {{- if eq .Values.text "broken" }}{{ fail "text must not be broken" }}{{ end }}
`;

/** With the real Helm. */
describe("minikube:index:Manifests", () => {
  const said: string[] = [];
  const engine = {
    progress: () => undefined,
    inform: (_urn: string, line: string) => said.push(line),
    warn: () => undefined,
  };
  const withPath = (PATH: string | undefined) =>
    new ManifestsResource(new Commands({ ...process.env, PATH }, new AbortController().signal), engine);
  const resource = withPath(process.env.PATH);
  const withoutHelm = withPath("/nowhere");
  let chart: FsFixture;

  before(async () => {
    chart = await createFixture({
      "Chart.yaml": "apiVersion: v2\nname: small\nversion: 1.0.0\n",
      "templates/configmap.yaml": template,
    });
  });

  after(() => chart.rm());

  beforeEach(() => {
    said.length = 0;
  });

  const inputs = (text: unknown = "one"): ManifestsInputs => ({
    chart: chart.path,
    files: JSON.stringify({ "Chart.yaml": "a", "templates/configmap.yaml": "b" }),
    release: "todo",
    namespace: "space",
    values: { text },
  });
  const treesOf = ({ objects = {} }: ManifestsState) =>
    Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, JSON.parse(object as string) as object]));
  const dataOf = (state: ManifestsState) => (treesOf(state)["ConfigMap/todo"] as { data: Record<string, string> }).data;

  it("renders the chart as Helm would install it, by kind and name", async () => {
    assert.deepEqual(treesOf(await resource.check("", {}, inputs())), {
      "ConfigMap/todo": {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "todo", namespace: "space" },
        data: { text: "one", url: "http://one:8000" },
      },
    });
  });

  it("says which objects and which files of the chart are other ones", async () => {
    const olds = await resource.check("", {}, inputs());
    const news = await resource.check("", olds, { ...inputs("two"), files: JSON.stringify({ "Chart.yaml": "A" }) });
    assert.deepEqual(await resource.diff("", olds, news), { changes: true });
    assert.deepEqual(said, [
      "Files of the chart:\n  ~ Chart.yaml\n  - templates/configmap.yaml",
      'Manifests:\n  ~ ConfigMap/todo data.text: "one" => "two"\n' +
        '  ~ ConfigMap/todo data.url: "http://one:8000" => "http://two:8000"',
    ]);
    assert.deepEqual(await resource.update("", olds, news), news, "what is shown next time is the difference to this");
  });

  it("renders nothing again, and does nothing, when chart and values are the same", async () => {
    const olds = { ...inputs(), objects: { "Pod/of-another-helm": "{}" } };
    const news = await resource.check("", olds, inputs());
    assert.deepEqual(news, olds);
    assert.deepEqual(await resource.diff("", olds, { ...news, objects: {} }), { changes: false });
  });

  it("takes over a state from before, in which files and objects are trees, and has nothing to do", async () => {
    const fresh = await resource.check("", {}, inputs());
    const files = JSON.parse(inputs().files as string) as Record<string, string>;
    const before = { ...fresh, files, objects: treesOf(fresh) };
    const news = await withoutHelm.check("", before, inputs());
    assert.deepEqual(news, fresh, "nothing is to be rendered again, and all is kept in the new way");
    assert.deepEqual(await resource.diff("", before, news), { changes: false });
    said.length = 0;
    await resource.diff("", before, await resource.check("", before, inputs("two")));
    assert.match(said.join(), /^Manifests:\n {2}~ ConfigMap\/todo data\.text: "one" => "two"\n/);
  });

  it("names what a preview cannot know yet", async () => {
    const olds = await resource.check("", {}, inputs());
    const news = await resource.check("", olds, inputs(unknown));
    assert.deepEqual(dataOf(news), { text: "[unknown]", url: "http://[unknown]:8000" });
    await resource.diff("", olds, news);
    assert.match(said.join(), /ConfigMap\/todo data\.text: "one" => \[unknown\]$/m);
  });

  it("never renders what is marked as secret", async () => {
    const state = await resource.check("", {}, inputs(secret));
    assert.equal(dataOf(state).text, "[secret]");
    assert.deepEqual(state.values, { text: secret }, "the values themselves stay marked");
    assert.ok(!JSON.stringify(state.objects).includes("canary"), "a secret is in the manifests");
  });

  it("refuses a chart that cannot be rendered, with Helm's reason", async () => {
    await assert.rejects(resource.check("", {}, inputs("broken")), /cannot be rendered: .*text must not be broken/);
  });

  it("says so when there is no Helm, and has no manifests then", async () => {
    const state = await withoutHelm.check("", {}, inputs());
    assert.deepEqual(state, inputs());
    assert.match(said.join(), /no command helm on PATH, so manifests are neither compared nor checked/);
  });

  it("keeps what was rendered last while there is no Helm, and renders when there is", async () => {
    const first = await resource.check("", {}, inputs());
    const second = await withoutHelm.check("", first, inputs("two"));
    assert.deepEqual(second, { ...first, ...inputs("two"), stale: true }, "nothing may look deleted");
    assert.deepEqual(await withoutHelm.diff("", first, second), { changes: true });
    assert.ok(!said.some((line) => line.startsWith("Manifests")), said.join());
    const third = await resource.check("", second, inputs("two"));
    assert.equal(dataOf(third).text, "two", "what is stale must be rendered as soon as it can be");
    assert.deepEqual(await resource.diff("", second, third), { changes: false });
  });

  it("has nothing to do when it is made, read or deleted", async () => {
    const state = await resource.check("", {}, inputs());
    assert.deepEqual(await resource.create("", state), { id: "todo", state });
    assert.deepEqual(await resource.read("", state), state);
    await resource.delete();
  });
});
