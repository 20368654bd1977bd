import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { execa } from "execa";
import { NodeDaemon } from "../helpers/node-daemon.ts";
import { loseNothing } from "./load.ts";
import { stack } from "./stack.ts";

const components = ["backend", "frontend", "postgres"] as const;

describe("the secrets of the stack", function () {
  this.timeout("15m");

  it("C2: no secret is found in plain text: state, preview, outputs, release, objects, logs, images, bundles", async () => {
    const secrets = await secretValues();
    assert.ok(secrets.length >= 4, "the stack must have a JWT secret, the next one, a password and a URL");
    assert.deepEqual(findings(await everywhere(), secrets), []);
    assert.equal(await countInImages(secrets), 0, "a secret stands in an image");
  });

  it("C2: the search finds a secret that was put into a ConfigMap, and a text that is in an image", async () => {
    const { core, namespace } = stack.cluster;
    const secrets = await secretValues();
    const name = "planted";
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name }, data: { planted: secrets[0] ?? "" } },
    });
    try {
      assert.deepEqual(findings(await everywhere(), secrets), ["ConfigMaps"]);
    } finally {
      await core.deleteNamespacedConfigMap({ name, namespace });
    }
    assert.notEqual(await countInImages(["jwt_secret_previous"]), 0, "the search must look into the layers of images");
  });

  it("C3: a new JWT secret restarts the backend alone, and no request fails, nor is anybody signed out", async () => {
    const [before, content] = [await podNames(), await secretOf("backend")];
    await loseNothing(() => rotate());
    const after = await podNames();
    assert.notDeepEqual(after.backend, before.backend, "the backend must have the new secret");
    assert.deepEqual([after.frontend, after.postgres], [before.frontend, before.postgres], "nobody else has it");
    const renewed = await secretOf("backend");
    assert.equal(renewed["JWT_SECRET"], content["JWT_SECRET_NEXT"], "the secret announced before must sign now");
    assert.equal(renewed["JWT_SECRET_PREVIOUS"], content["JWT_SECRET"], "old tokens must stay valid");
    assert.equal((await namesOfSecrets()).length, 2, "the old Secret must be gone");
    await stack.copy.up("--expect-no-changes");
  });

  it("C3: a new database password reaches the database, whose volume was made with another", async () => {
    const [before, old] = [await podNames(), await secretOf("postgres")];
    await rotate("database");
    const after = await podNames();
    const { POSTGRES_PASSWORD: password = "" } = await secretOf("postgres");
    assert.notEqual(password, old["POSTGRES_PASSWORD"]);
    assert.deepEqual(after.frontend, before.frontend, "the frontend does not know the password");
    assert.notDeepEqual(after.backend, before.backend);
    assert.ok((await signsIn(password)).ok, "the database must take the new password");
    assert.ok(!(await signsIn(old["POSTGRES_PASSWORD"] ?? "")).ok, "the database must refuse the old password");
    assert.equal((await fetch(`${stack.url}/api/backend/auth/me`)).status, 401, "the application must answer");
    await stack.copy.up("--expect-no-changes");
  });
});

/** Makes a new secret by the command for it. */
async function rotate(...args: string[]): Promise<void> {
  const { exitCode, all } = await stack.copy.npm("rotate", {}, ...args);
  assert.equal(exitCode, 0, all);
}

async function podNames(): Promise<Record<(typeof components)[number], string>> {
  const ids = components.map(async (component) => {
    const pods = await stack.cluster.pods(component);
    return [component, pods.map(({ metadata }) => metadata?.uid).join()];
  });
  return Object.fromEntries(await Promise.all(ids)) as Record<(typeof components)[number], string>;
}

async function opaque() {
  const { core, namespace } = stack.cluster;
  return (await core.listNamespacedSecret({ namespace, fieldSelector: "type=Opaque" })).items;
}

async function namesOfSecrets(): Promise<string[]> {
  return (await opaque()).map(({ metadata }) => metadata?.name ?? "");
}

/** The content of the Secret of a component. */
async function secretOf(component: string): Promise<Record<string, string>> {
  const found = (await opaque()).find(({ metadata }) => metadata?.name?.startsWith(`todo-${component}-`));
  const entries = Object.entries(found?.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

async function secretValues(): Promise<string[]> {
  return Object.values({ ...(await secretOf("backend")), ...(await secretOf("postgres")) });
}

/** Signs in to the database from its own pod, but over the network, where a password is asked for. */
async function signsIn(password: string): Promise<{ ok: boolean }> {
  const url = `postgresql://todo:${password}@todo-postgres/todo?hostaddr=127.0.0.1`;
  return await stack.cluster.exec("postgres", "psql", url, "--command=SELECT 1");
}

/** The places whose text holds a secret, as it is or in base64. */
function findings(places: Record<string, string>, secrets: string[]): string[] {
  const forms = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString("base64")]);
  return Object.keys(places).filter((place) => forms.some((form) => places[place]?.includes(form)));
}

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

/** How many lines of the layers and settings of both images hold one of the texts. */
async function countInImages(texts: string[]): Promise<number> {
  const { images } = await NodeDaemon.of(stack.copy);
  const profile = (
    await stack.copy.succeed("pulumi", ["config", "get", "profile", "--stack", stack.copy.stack])
  ).trim();
  // The texts come by standard input, since arguments of processes can be read by others.
  const search = 'exec 3<&0; docker save "$@" </dev/null | grep --text --count --fixed-strings --file=/dev/fd/3';
  const names = [images.backend, images.frontend];
  const result = await execa("docker", ["exec", "-i", profile, "sh", "-c", search, "sh", ...names], {
    input: texts.join("\n"),
    reject: false,
  });
  assert.ok(result.exitCode === 0 || result.exitCode === 1, `the images must be searched: ${result.stderr}`);
  return Number(result.stdout);
}
