import assert from "node:assert/strict";
import { forgottenIn, withoutReplaced } from "../../pulumi/forgotten-secrets.ts";
import type { KnownResource } from "../../pulumi/forgotten-secrets.ts";
import { isWhole } from "../../pulumi/make-ready.ts";
import { FakeApi } from "../provider/fake-api.ts";

const [backend, postgres, operations] = ["backend", "postgres", "operations"].map(
  (part) => `todo-${part}-0123456789abcdef`,
) as [string, string, string];
const component: KnownResource = {
  type: "todo-stack:index:AppSecrets",
  outputs: { namespace: "space" },
};
const secret = (name: string, part = name): KnownResource => ({
  urn: `urn:pulumi:dev::todo-stack::kubernetes:core/v1:Secret::${part}`,
  type: "kubernetes:core/v1:Secret",
  inputs: { metadata: { name } },
});

const content = {
  type: "Opaque",
  immutable: true,
  data: { JWT_SECRET: "aHVzaA==" },
};
const labels = { of: "todo" };
const annotations = { by: "pulumi" };
const ofServer = { uid: "0123", resourceVersion: "7", creationTimestamp: "2026-01-02T03:04:05Z" };

describe("a Secret that the state has forgotten", () => {
  let api: FakeApi;
  before(async () => {
    api = await FakeApi.start();
  });
  after(() => api.stop());

  const inCluster = (...names: string[]): void => {
    const items = names.map((name) => ({ ...content, metadata: { name, labels, annotations, ...ofServer } }));
    api.lists.set("secrets", items);
    for (const item of items) api.objects.set(`secrets/${item.metadata.name}`, item);
  };

  beforeEach(() => {
    api.objects.clear();
    api.asked.length = 0;
    inCluster(backend, postgres, operations, "sh.helm.release.v1.todo.v1", "somebody-elses");
    api.onDelete = (path, query) => {
      const name = /^metadata\.name=(.*)$/.exec(query.get("fieldSelector") ?? "")?.[1];
      if (path === "secrets") api.objects.delete(`secrets/${name}`);
    };
  });

  const own = () => ({ home: api.home, context: "todo", kubeconfig: api.kubeconfig });
  const changes = (): string[] => api.asked.filter((line) => !line.startsWith("GET")).map(decodeURIComponent);

  it("makes room for the one that is made again, whichever it is, and no other does", async () => {
    const forgotten = await forgottenIn(own(), [component, secret(postgres)]);
    await forgotten?.remove();
    assert.deepEqual(changes(), [
      `DELETE /api/v1/namespaces/space/secrets?fieldSelector=metadata.name=${backend}`,
      `DELETE /api/v1/namespaces/space/secrets?fieldSelector=metadata.name=${operations}`,
    ]);
  });

  it("makes room in a cluster that was there already, and in no other to which the context leads", async () => {
    const [id, otherId] = ["3f2c0a4e-0000-4000-8000-000000000001", "3f2c0a4e-0000-4000-8000-000000000002"];
    api.isCluster(id);
    try {
      const { context, kubeconfig } = own();
      const resources = [component, secret(postgres), secret(operations)];
      const other = await forgottenIn({ context, kubeconfig, clusterId: otherId }, resources);
      assert.equal(other, undefined);
      const theirs = await forgottenIn({ context, kubeconfig, clusterId: id }, resources);
      assert.deepEqual(theirs?.names, [backend]);
    } finally {
      api.wide.clear();
    }
  });

  it("is put back as it was when the up has failed that was to make it again, unless that has made it", async () => {
    const forgotten = await forgottenIn(own(), [component, secret(postgres), secret(operations)]);
    assert.ok(forgotten !== undefined);
    assert.deepEqual(forgotten.names, [backend]);
    await forgotten.remove();
    assert.ok(!api.objects.has(`secrets/${backend}`));
    assert.deepEqual(await forgotten.putBack(), [backend]);
    assert.deepEqual(api.objects.get(`secrets/${backend}`), {
      ...{ apiVersion: "v1", kind: "Secret" },
      ...content,
      metadata: { name: backend, labels, annotations },
    });
    const made = { metadata: { name: backend } };
    api.objects.set(`secrets/${backend}`, made);
    assert.deepEqual(await forgotten.putBack(), []);
    assert.equal(api.objects.get(`secrets/${backend}`), made);
  });

  it("gives way to an up that makes everything again alone", () => {
    for (const line of ["up", "up --yes", "update -y --skip-preview", "up --yes --stack dev --replace urn"]) {
      assert.ok(isWhole(line.split(" ")), line);
    }
    for (const part of ["-t urn", "-turn", "--target urn", "--target=urn", "--exclude **AppSecrets", "--exclude=urn"]) {
      assert.ok(!isWhole(`up --yes ${part}`.split(" ")), part);
    }
    for (const part of ["-yt urn", "-yfturn", "-yt=urn", "-x urn", "-yxurn"]) {
      assert.ok(!isWhole(`up ${part}`.split(" ")), part);
    }
    assert.ok(isWhole(["up", "-ym", "-t urn"]), "what follows -m is a message");
    for (const line of [
      "up --yes --target-replace urn",
      "up --yes --preview-only",
      "refresh --yes",
      "up --yes --plan p",
    ]) {
      assert.ok(!isWhole(line.split(" ")), line);
    }
  });

  it("is none where all are known: nothing is changed", async () => {
    const known = await forgottenIn(own(), [component, secret(backend), secret(postgres), secret(operations)]);
    assert.ok(known !== undefined);
    assert.deepEqual(known.names, []);
    await known.remove();
    await known.putBack();
    assert.deepEqual(changes(), []);
  });

  it("is none where the stack has no namespace yet: nobody is asked", async () => {
    for (const resources of [[{ type: "todo-stack:index:AppSecrets" }], []]) {
      assert.equal(await forgottenIn(own(), resources), undefined);
      assert.deepEqual(api.asked, []);
    }
  });

  it("is left alone in a cluster that is not ours", async () => {
    const other = await FakeApi.start();
    try {
      assert.equal(await forgottenIn({ ...own(), home: other.home }, [component]), undefined);
      assert.deepEqual(api.asked, []);
    } finally {
      await other.stop();
    }
  });

  it("is also one that a failed up has replaced: its setting may have been taken back since", async () => {
    const replaced = { ...secret(backend, "backend"), delete: true };
    const current = secret("todo-backend-fedcba9876543210", "backend");
    const resources = [component, current, secret(postgres), secret(operations), replaced];
    assert.deepEqual(withoutReplaced(resources), resources.slice(0, -1));
    assert.deepEqual((await forgottenIn(own(), resources))?.names, [backend]);
  });
});

/** What Pulumi still has to delete, and what stands in nobody's way. */
describe("what waits in the state to be deleted", () => {
  for (const { what, resources } of [
    {
      what: "no Secret",
      resources: [
        { urn: "a", type: "minikube:index:Cluster" },
        { urn: "a", type: "minikube:index:Cluster", delete: true },
      ],
    },
    { what: "a Secret in whose place nothing is", resources: [{ ...secret(backend), delete: true }] },
    { what: "a Secret that is not one of ours", resources: [secret("theirs"), { ...secret("theirs"), delete: true }] },
  ]) {
    it(`stays there: ${what}`, () => assert.deepEqual(withoutReplaced(resources), resources));
  }
});
