import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { parse, stringify } from "yaml";
import { UserError } from "../../../provider/processes/errors.ts";
import { copyContext } from "../../../state/access/copied-context.ts";

const kubeconfig = (name: string, cluster: object, user: object): string =>
  stringify({
    "current-context": "trap",
    contexts: [
      { name, context: { cluster: `${name}-cluster`, user: `${name}-user`, namespace: "elsewhere" } },
      { name: "trap", context: { cluster: "trap", user: "trap" } },
    ],
    clusters: [
      { name: `${name}-cluster`, cluster },
      { name: "trap", cluster: { server: "https://trap" } },
    ],
    users: [
      { name: `${name}-user`, user },
      { name: "trap", user: { token: "trap" } },
    ],
  });

describe("the copy of a context", () => {
  it("holds that context alone, with its certificates, for the user's eyes alone", async () => {
    const server = "https://prod.example.com";
    const user = { "client-certificate": "pki/cert.pem", "client-key": "pki/key.pem" };
    await using folder = await createFixture({
      "kube/config": kubeconfig("prod", { server, "certificate-authority": "pki/ca.pem" }, user),
      "kube/pki": { "ca.pem": "CA", "cert.pem": "CERT", "key.pem": "KEY" },
    });
    const [users, copy] = [folder.getPath("kube/config"), folder.getPath("state/prod.cluster")];
    const before = readFileSync(users, "utf8");
    copyContext("prod", copy, { KUBECONFIG: users });
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    assert.deepEqual(parse(readFileSync(copy, "utf8")), {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "prod",
      contexts: [{ name: "prod", context: { cluster: "prod", user: "prod" } }],
      clusters: [{ name: "prod", cluster: { server, "certificate-authority-data": base64("CA") } }],
      users: [{ name: "prod", user: { "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY") } }],
    });
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    assert.equal(readFileSync(users, "utf8"), before);
  });

  it("takes the first of several files that has a name, as kubectl does, and paths from where they are", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "./sign-in", args: ["a"] };
    await using folder = await createFixture({
      "one/config": kubeconfig("prod", { server: "https://one" }, { exec, tokenFile: "token" }),
      "two/config": kubeconfig("prod", { server: "https://two" }, { token: "t" }),
    });
    const copy = folder.getPath("prod.cluster");
    copyContext("prod", copy, { KUBECONFIG: `${folder.getPath("one/config")}:${folder.getPath("two/config")}` });
    const { clusters, users } = parse(readFileSync(copy, "utf8"));
    assert.equal(clusters[0].cluster.server, "https://one");
    const inFolder = {
      exec: { ...exec, command: folder.getPath("one/sign-in") },
      tokenFile: folder.getPath("one/token"),
    };
    assert.deepEqual(users[0].user, inFolder);
  });

  it("is found in the user's home, and is taken away when there is no such context any more", async () => {
    await using folder = await createFixture({
      ".kube/config": kubeconfig("prod", { server: "https://one" }, { token: "t" }),
    });
    const copy = folder.getPath("prod.cluster");
    copyContext("prod", copy, { HOME: folder.path });
    assert.ok(existsSync(copy));
    copyContext("gone", copy, { HOME: folder.path });
    assert.ok(!existsSync(copy));
  });

  it("is not made of what cannot be read, which is named without its content", async () => {
    const server = "https://prod.example.com";
    await using folder = await createFixture({
      broken: "users: [{ token: t0ps3cret }",
      dangling: kubeconfig("prod", { server, "certificate-authority": "nowhere.pem" }, {}),
      "state/prod.cluster": "before",
    });
    for (const name of ["broken", "dangling"]) {
      const copy = () =>
        copyContext("prod", folder.getPath("state/prod.cluster"), { KUBECONFIG: folder.getPath(name) });
      assert.throws(
        copy,
        (error) =>
          error instanceof UserError &&
          /^The context prod cannot be read from your kubeconfig: .+\n {2}Nothing was changed/.test(error.message) &&
          !error.message.includes("t0ps3cret"),
        name,
      );
    }
    assert.equal(readFileSync(folder.getPath("state/prod.cluster"), "utf8"), "before");
  });
});
