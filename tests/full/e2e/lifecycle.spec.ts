import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { withPage } from "../../helpers/browser.ts";
import { ClusterView } from "../../helpers/cluster/cluster-view.ts";
import { inSequence } from "../../helpers/in-sequence.ts";
import { timeToRecover } from "../../helpers/cluster/recovery.ts";
import type { WorkingCopy } from "../../helpers/working-copy.ts";
import { countInEtcd, secretValues, typeRecipe } from "./encryption.ts";
import { config, stackHandedOn } from "./stack.ts";

const { profile, port } = config;
const url = `http://localhost:${port}`;

/** What takes long in the life of a stack: the rest is in tests/e2e/lifecycle.spec.ts. Each step builds on the last. */
describe("U8: the life of a stack", function () {
  this.timeout("20m");
  inSequence();

  let copy: WorkingCopy;
  const cluster = (): ClusterView => new ClusterView(join(copy.folder, ".state", `${profile}.kubeconfig`));

  before(async () => {
    copy = await stackHandedOn();
    await copy.up();
  });

  it("keeps a todo that a person adds in a browser", async () => {
    await withPage(url, async (page) => {
      await page.goto("/signup");
      await page.getByLabel("Email").fill("reader@example.com");
      await page.getByLabel("Password").fill("a long enough passphrase");
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.getByLabel("New todo").fill("water the plants");
      // It is shown before it is saved.
      const saved = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 201);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await saved;
      await page.reload();
      await page.getByText("water the plants").waitFor();
    });
  });

  it("S5: keeps Secrets encrypted once the recipe of the docs was typed", async () => {
    const old = await secretValues(cluster());
    assert.equal(await countInEtcd(profile, old), old.length, "before, the search must find each secret in plain");
    await typeRecipe(copy.folder, profile);
    // Every pod was restarted, which an `up` waits for.
    await copy.up();
    await copy.up("--expect-no-changes");
    await copy.succeed("pulumi", ["config", "set", "--stack", copy.stack, "jwtSecretGeneration", "4"]);
    await copy.succeed("pulumi", ["config", "set", "--stack", copy.stack, "databasePasswordGeneration", "2"]);
    await copy.up();
    const renewed = await secretValues(cluster());
    assert.deepEqual(old.filter((value) => renewed.includes(value)), [], "every secret must be renewed"); // prettier-ignore
    assert.equal(await countInEtcd(profile, renewed), 0, "no secret in use may be in plain in etcd's files");
    assert.equal(await countInEtcd(profile, ["k8s:enc:secretbox:v1:key1:"]), 1, "they must be there, encrypted");
  });

  it("starts a stopped cluster, with its data", async () => {
    await execa("minikube", ["stop", "--profile", profile], { env: environment() });
    await timeToRecover(() => copy.up());
    // The release is as it was, so `up` does not wait for its pods, which start with the cluster.
    await untilAnswers(`${url}/api/backend/auth/me`, 401);
    await withPage(url, async (page) => {
      await page.goto("/signin");
      await page.getByLabel("Email").fill("reader@example.com");
      await page.getByLabel("Password").fill("a long enough passphrase");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("water the plants").waitFor();
    });
  });

  it("S5: still encrypts after that, and nothing is to be done", async () => {
    await copy.up("--expect-no-changes");
    const [secret, plain] = [randomUUID(), randomUUID()];
    const { core, namespace } = cluster();
    const metadata = { name: "canary" };
    await core.createNamespacedSecret({ namespace, body: { metadata, stringData: { secret } } });
    await core.createNamespacedConfigMap({ namespace, body: { metadata, data: { plain } } });
    assert.equal(await countInEtcd(profile, [plain]), 1, "the search must find what is not secret");
    assert.equal(await countInEtcd(profile, [secret]), 0, "a Secret made after the start must be encrypted too");
  });

  it("makes a cluster anew that was deleted behind its back, images and all", async () => {
    await execa("minikube", ["delete", "--profile", profile], { env: environment() });
    await timeToRecover(() => copy.up());
    assert.equal((await fetch(url)).status, 200, `${url} must answer`);
    await copy.up("--expect-no-changes");
  });
});

/** Waits until an address answers with a status, for at most three minutes. */
async function untilAnswers(address: string, status: number): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const answer = await fetch(address).then(
      (response) => response.status,
      (error: unknown) => String(error),
    );
    if (answer === status) return;
    assert.ok(Date.now() < deadline, `${address} must answer ${status} again, not ${answer}`);
    await sleep(1000);
  }
}
