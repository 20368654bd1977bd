import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { UserError } from "../../provider/processes/errors.ts";
import { mustBeItsCluster, mustHaveMinikube } from "../../pulumi/existing-target.ts";
import { FakeApi } from "../provider/fake-api.ts";

const id = "3f2c0a4e-0000-4000-8000-000000000001";
const otherId = "3f2c0a4e-0000-4000-8000-000000000002";

describe("a refresh or a destroy in an existing cluster", () => {
  let api: FakeApi;
  let checkout: FsFixture;

  beforeEach(async () => {
    api = await FakeApi.start();
    api.isCluster(id);
    const resources = [{ type: "minikube:index:ExistingCluster", inputs: { clusterId: id } }];
    checkout = await createFixture({
      "Pulumi.prod.yaml": "config:\n  todo-stack:target: kubernetes\n  todo-stack:context: todo\n",
      ".state/.pulumi/stacks/todo-stack/prod.json": JSON.stringify({ checkpoint: { latest: { resources } } }),
    });
    await copyFile(api.kubeconfig, checkout.getPath(".state/prod.cluster"));
  });

  afterEach(async () => {
    await api.stop();
    await checkout.rm();
  });

  const isRefused = async (words: RegExp): Promise<void> => {
    await assert.rejects(
      mustBeItsCluster("prod", checkout.path),
      (error) => error instanceof UserError && words.test(error.message),
    );
    assert.deepEqual(api.asked, ["GET /api/v1/namespaces/kube-system"], "nothing else may be asked");
  };

  it("goes on in the cluster that the state knows", async () => {
    await mustBeItsCluster("prod", checkout.path);
  });

  it("is refused in another one", async () => {
    api.isCluster(otherId);
    await isRefused(/another cluster/);
  });

  it("is refused in one that does not let itself be asked which it is", async () => {
    api.forbidden.add("/api/v1/namespaces/kube-system");
    await isRefused(
      /not known whether context todo leads .*\n {2}Nothing was changed\. .*ClusterRole todo-stack-cluster-id/,
    );
  });

  for (const command of ["scan", "sbom"]) {
    it(`is no place for npm run ${command}, which would push images that nobody has looked at`, () => {
      assert.throws(
        () => {
          mustHaveMinikube(command, "prod", checkout.path);
        },
        new RegExp(`npm run ${command} works on a Minikube.*\n.*Type instead: npm run ${command} -- --stack dev`),
      );
    });
  }

  it("is left to what the resources say in one that does not answer", async () => {
    await checkout.rm(".state/prod.cluster");
    await mustBeItsCluster("prod", checkout.path);
  });
});
