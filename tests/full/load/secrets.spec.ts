import assert from "node:assert/strict";
import { execa } from "execa";
import { NodeDaemon } from "../../helpers/cluster/node-daemon.ts";
import { namesOfSecrets, secretOf, secretValues } from "../../stack/support/pod-secrets.ts";
import { stack } from "../../stack/support/stack.ts";
import { loseNothing } from "./load.ts";

const components = ["backend", "frontend", "postgres"] as const;

describe("the secrets of the stack", function () {
  this.timeout("15m");

  it("C2: no secret is found in plain text in the images, where the search finds what is there", async () => {
    assert.equal(await countInImages(await secretValues()), 0, "a secret stands in an image");
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

/** Signs in to the database from its own pod, but over the network, where a password is asked for. */
async function signsIn(password: string): Promise<{ ok: boolean }> {
  const url = `postgresql://todo:${password}@todo-postgres/todo?hostaddr=127.0.0.1`;
  return await stack.cluster.exec("postgres", "psql", url, "--command=SELECT 1");
}

/** How many lines of the layers and settings of both images hold one of the texts. */
async function countInImages(texts: string[]): Promise<number> {
  const { images } = await NodeDaemon.of(stack.copy);
  // The texts come by standard input, since arguments of processes can be read by others.
  const search = 'exec 3<&0; docker save "$@" </dev/null | grep --text --count --fixed-strings --file=/dev/fd/3';
  const names = [images.backend, images.frontend];
  const result = await execa("docker", ["exec", "-i", stack.profile, "sh", "-c", search, "sh", ...names], {
    input: texts.join("\n"),
    reject: false,
  });
  assert.ok(result.exitCode === 0 || result.exitCode === 1, `the images must be searched: ${result.stderr}`);
  return Number(result.stdout);
}
