import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { Commands } from "../../../provider/processes/commands.ts";
import { onExisting } from "../../../cli/doctor/existing.ts";
import type { TargetFacts } from "../../../pulumi/existing-target.ts";
import type { Finding } from "../../../cli/doctor/verdicts.ts";
import { FakeApi } from "../../provider/fake-api.ts";

const id = "3f2c0a4e-0000-4000-8000-000000000001";

/** The file `answer` says why the registry cannot be asked; `version` is there where the plugin buildx is not. */
const docker = `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
  "buildx version") [ ! -f version ] ;;
  --version) cat version ;;
  *) cat answer >&2; exit 1 ;;
esac
`;

describe("npm run doctor for a cluster that is there", () => {
  let api: FakeApi;
  let folder: FsFixture;
  let forbidden: (attributes: Record<string, string>) => boolean;

  beforeEach(async () => {
    forbidden = () => false;
    folder = await createFixture({ docker, answer: "no such manifest: ghcr.io/acme/todo-backend:doctor\n" });
    await chmod(folder.getPath("docker"), 0o755);
    api = await FakeApi.start();
    api.isCluster(id);
    api.wide.set("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", (sent) => {
      const { spec } = sent as { spec: { resourceAttributes: Record<string, string> } };
      return { status: { allowed: !forbidden(spec.resourceAttributes) } };
    });
    const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
    api.wide.set("/apis/storage.k8s.io/v1/storageclasses", { items: [{ metadata: { name: "gp3", annotations } }] });
    api.wide.set("/apis/networking.k8s.io/v1/ingressclasses/nginx", {});
  });

  afterEach(async () => {
    await Promise.all([folder.rm(), api.stop()]);
  });

  const examine = async (changes: Partial<TargetFacts> = {}): Promise<Record<string, Finding>> => {
    const target: TargetFacts = {
      ...{ context: "todo", clusterId: id, namespace: "todo", registry: "ghcr.io/acme", platform: "linux/amd64" },
      ...{ storageClass: "", ingressClass: "", gateway: "", isDatabaseOutside: false, kubeconfig: api.kubeconfig },
      ...{ values: "", operations: "off", reader: false },
      ...changes,
    };
    const commands = new Commands({ PATH: `${folder.path}:/usr/bin:/bin` }, new AbortController().signal);
    const findings = await onExisting(target, commands);
    return Object.fromEntries(findings.map((finding) => [finding.name, finding]));
  };
  const verdicts = (found: Record<string, Finding>): Record<string, string> =>
    Object.fromEntries(Object.values(found).map(({ name, verdict }) => [name, verdict]));

  it("finds all that the stack needs", async () => {
    const names = ["registry", "buildx", "target", "architecture", "rights", "storage class", "ingress class", "quota"];
    assert.deepEqual(verdicts(await examine()), Object.fromEntries(names.map((name) => [name, "pass"])));
  });

  it("asks a cluster of another id for nothing but that", async () => {
    const { target } = await examine({ clusterId: "" });
    assert.equal(target?.next, `If context todo is the one, type: npx pulumi config set clusterId ${id}`);
    assert.deepEqual(api.asked, ["GET /api/v1/namespaces/kube-system"]);
  });

  it("says that the cluster cannot be asked, and looks at the registry all the same", async () => {
    const found = await examine({ kubeconfig: "/nowhere" });
    assert.deepEqual(verdicts(found), { registry: "pass", buildx: "pass", target: "fail" });
  });

  it("names the right without which no stack knows the cluster", async () => {
    api.forbidden.add("/api/v1/namespaces/kube-system");
    const { target } = await examine();
    assert.match(target?.text ?? "", /you may not read its namespace kube-system/);
    assert.match(target?.next ?? "", /ClusterRole todo-stack-cluster-id/);
  });

  it("says to sign in to a registry that refuses", async () => {
    await folder.writeFile("answer", "denied: permission_denied\n");
    const { registry } = await examine();
    assert.deepEqual([registry?.verdict, registry?.next], ["fail", "Sign in: docker login ghcr.io"]);
  });

  it("says what to install where Docker cannot build", async () => {
    await folder.writeFile("version", "Docker version 28.2.2, build e6534b4\n");
    const { buildx } = await examine();
    assert.equal(buildx?.verdict, "fail");
    assert.match(buildx.next ?? "", /docker-buildx-plugin/);
  });

  it("names the rights that are missing", async () => {
    forbidden = ({ resource, verb }) => resource === "networkpolicies" && verb === "create";
    const { rights } = await examine();
    assert.deepEqual(
      [rights?.verdict, rights?.text],
      ["fail", "in the namespace todo you may not create networkpolicies"],
    );
  });

  it("needs no right to make a namespace that is there", async () => {
    forbidden = ({ resource }) => resource === "namespaces";
    assert.equal((await examine())["rights"]?.verdict, "fail");
    api.objects.set("", { metadata: { name: "todo" } });
    assert.equal((await examine())["rights"]?.verdict, "pass");
  });

  it("says that no node runs the images", async () => {
    const { architecture } = await examine({ platform: "linux/arm64" });
    assert.deepEqual([architecture?.verdict, architecture?.text], ["fail", "0 of 2 nodes run linux/arm64"]);
  });

  it("says that a storage class, an ingress class or a Gateway is missing", async () => {
    assert.equal((await examine({ storageClass: "fast" }))["storage class"]?.text, "there is no fast");
    assert.equal((await examine({ isDatabaseOutside: true }))["storage class"], undefined);
    assert.equal((await examine({ ingressClass: "alb" }))["ingress class"]?.verdict, "fail");
    assert.equal((await examine({ gateway: "infra/public" }))["Gateway"]?.text, "there is no infra/public");
  });

  const withValues = async (values: object, changes: Partial<TargetFacts> = {}): Promise<Record<string, Finding>> => {
    await folder.writeFile("values.yaml", JSON.stringify(values));
    return await examine({ values: folder.getPath("values.yaml"), ...changes });
  };

  it("goes by the stack's file of values, and by its settings before that", async () => {
    const ingress = { className: "alb" };
    const postgres = { storage: { className: "fast" } };
    const found = await withValues({ ingress, postgres });
    assert.equal(found["ingress class"]?.text, "there is no alb");
    assert.equal(found["storage class"]?.text, "there is no fast");
    const set = await withValues({ ingress, postgres }, { ingressClass: "nginx", storageClass: "gp3" });
    assert.deepEqual([set["ingress class"]?.verdict, set["storage class"]?.verdict], ["pass", "pass"]);
    const gateway = { enabled: true, namespace: "edge", name: "public" };
    const byGateway = await withValues({ ingress: { enabled: false }, gateway });
    assert.equal(byGateway["Gateway"]?.text, "there is no edge/public");
    assert.equal(byGateway["ingress class"], undefined);
  });

  it("names the rights that only some values and settings need", async () => {
    const rare = ["roles", "rolebindings", "leases", "cronjobs", "httproutes", "ingresses"];
    forbidden = ({ resource = "", verb }) => rare.includes(resource) && verb === "create";
    const textOf = (found: Record<string, Finding>) => found["rights"]?.text.replace(/^.* may not /, "");
    assert.equal(textOf(await examine()), "create ingresses");
    assert.equal(textOf(await examine({ gateway: "edge/public" })), "create httproutes");
    const roles = "create ingresses, create roles, create rolebindings";
    assert.equal(textOf(await examine({ reader: true })), roles);
    assert.equal(textOf(await examine({ operations: "act" })), `${roles}, create leases`);
    assert.equal(textOf(await withValues({ aiops: { operator: { enabled: true } } })), roles);
    assert.equal(textOf(await withValues({ backup: { enabled: true } })), "create ingresses, create cronjobs");
  });

  it("says that the file of values cannot be read", async () => {
    assert.match((await examine({ values: "/nowhere.yaml" }))["values"]?.text ?? "", /^the file \/nowhere.yaml cannot/);
  });

  it("says which quota is used up", async () => {
    const status = { hard: { "requests.cpu": "2", pods: "20" }, used: { "requests.cpu": "2000m", pods: "3" } };
    api.lists.set("resourcequotas", [{ status }]);
    const { quota } = await examine();
    assert.deepEqual([quota?.verdict, quota?.text], ["fail", "used up: requests.cpu 2000m of 2"]);
  });
});
