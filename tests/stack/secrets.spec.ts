import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { placesWith } from "../helpers/canary.ts";
import { secretValues } from "./support/pod-secrets.ts";
import { stack } from "./support/stack.ts";

const components = ["backend", "frontend", "postgres"] as const;

/**
 * What takes longer is in tests/full/stack: files, outputs and all logs in canary.spec.ts, layers of images in
 * secrets.spec.ts.
 */
describe("the secrets of the stack", function () {
  this.timeout("15m");

  it("C2: no secret is found in plain text: state, preview, outputs, release, objects, logs, bundles", async () => {
    const secrets = await secretValues();
    assert.ok(secrets.length >= 4, "the stack must have a JWT secret, the next one, a password and a URL");
    assert.deepEqual(placesWith(secrets, await everywhere()), []);
  });

  it("C2: the search finds a secret that was put into a ConfigMap", async () => {
    const { core, namespace } = stack.cluster;
    const secrets = await secretValues();
    const name = "planted";
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name }, data: { planted: secrets[0] ?? "" } },
    });
    try {
      assert.deepEqual(placesWith(secrets, await everywhere()), ["ConfigMaps"]);
    } finally {
      await core.deleteNamespacedConfigMap({ name, namespace });
    }
  });
});

/** The text of every place where a secret must not be. */
async function everywhere(): Promise<Record<string, string>> {
  const { copy, cluster } = stack;
  const { core, apps, namespace } = cluster;
  const stackFile = join(copy.folder, ".state/.pulumi/stacks/todo-stack", `${copy.stack}.json`);
  return {
    state: await readFile(stackFile, "utf8"),
    "settings of the stack": await readFile(join(copy.folder, `Pulumi.${copy.stack}.yaml`), "utf8"),
    "exported state": await copy.succeed("pulumi", ["stack", "export", "--stack", copy.stack]),
    preview: await copy.succeed("pulumi", ["preview", "--diff", "--stack", copy.stack]),
    outputs: JSON.stringify(await copy.outputs()),
    "Helm's releases": await releases(),
    ConfigMaps: JSON.stringify(await core.listNamespacedConfigMap({ namespace })),
    pods: JSON.stringify(await core.listNamespacedPod({ namespace })),
    workloads: JSON.stringify([
      await apps.listNamespacedDeployment({ namespace }),
      await apps.listNamespacedReplicaSet({ namespace }),
      await apps.listNamespacedStatefulSet({ namespace }),
    ]),
    events: JSON.stringify(await core.listNamespacedEvent({ namespace })),
    logs: await logs(),
    bundles: await bundles(),
  };
}

/** What Helm keeps of each revision: values, chart and rendered objects. */
async function releases(): Promise<string> {
  const { core, namespace } = stack.cluster;
  const { items } = await core.listNamespacedSecret({ namespace, fieldSelector: "type=helm.sh/release.v1" });
  assert.notEqual(items.length, 0, "Helm must have stored the release");
  const decode = (text: string): Buffer => Buffer.from(text, "base64");
  return items.map(({ data }) => gunzipSync(decode(decode(data?.["release"] ?? "").toString())).toString()).join("\n");
}

async function logs(): Promise<string> {
  const { core, namespace } = stack.cluster;
  // Not those on their way out: they may be gone before their log is read.
  const pods = await Promise.all(components.map((component) => stack.cluster.pods(component)));
  const texts = pods
    .flat()
    .flatMap(({ metadata, spec }) =>
      [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name: container }) =>
        core.readNamespacedPodLog({ name: metadata?.name ?? "", namespace, container }),
      ),
    );
  const all = (await Promise.all(texts)).join("\n");
  assert.match(all, /application startup complete|started/i, "the search must read the logs");
  return all;
}

/** All scripts and styles that the first page of a stranger loads. */
async function bundles(): Promise<string> {
  const page = await (await fetch(`${stack.url}/signin`)).text();
  const paths = new Set(page.match(/\/_next\/static\/[^"'\\ ]+\.(js|css)/g));
  assert.notEqual(paths.size, 0, "the page must load scripts");
  const texts = [...paths].map(async (path) => (await fetch(stack.url + path)).text());
  return [page, ...(await Promise.all(texts))].join("\n");
}
