import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig, NetworkingV1Api, type V1NetworkPolicySpec } from "@kubernetes/client-node";
import { pick, render } from "../../chart/support/render.ts";
import { IngressController } from "../../helpers/cluster/ingress-controller.ts";
import { NodeDaemon } from "../../helpers/cluster/node-daemon.ts";
import { until } from "../../helpers/until.ts";
import { stack } from "../../stack/support/stack.ts";

const host = "todo.local";
const listed = "https://app.example";
const page = { host, path: "/signin" };
const api = { host, path: "/api/v1/auth/me" };

/** The chart's Ingress for production, in front of the stack, as a real controller makes of it. */
describe("the ingress", function () {
  this.timeout("5m");

  let controller: IngressController;
  let networking: NetworkingV1Api;
  /** The backend's policy as it was. */
  let policy: V1NetworkPolicySpec;

  before(async () => {
    controller = await IngressController.start(stack.cluster, await NodeDaemon.of(stack.copy), host);
    const config = new KubeConfig();
    config.loadFromFile(stack.cluster.kubeconfig);
    networking = config.makeApiClient(NetworkingV1Api);
    policy = (await networking.readNamespacedNetworkPolicy(backend())).spec ?? {};
  });

  after(async () => {
    await believeProxies(undefined);
    await networking.deleteNamespacedIngress({ ...backend(), name: "todo-frontend" }).catch(() => undefined);
    await changePolicy(policy);
    await controller.stop();
  });

  it("H5: publishes todo.local over TLS, and no other host; without it nothing is published", async () => {
    assert.equal(
      (await controller.get({ ...page, plain: true })).status,
      404,
      "without the Ingress nothing may answer",
    );
    await assert.rejects(controller.get(page), /certificate/, "without it the controller cannot have the certificate");
    const manifest = pick(await production(), "Ingress", "todo-frontend");
    await networking.createNamespacedIngress({ ...backend(), body: manifest });
    await until("the controller has taken the Ingress", async () => {
      return (await controller.get({ ...page, plain: true })).status !== 404;
    });

    // This trusts the certificate of the Secret and no other.
    const answer = await controller.get(page);
    assert.equal(answer.status, 200);
    assert.match(answer.body, /<title>[^<]*Todo/i);
    const throughFrontend = await controller.get({ host, path: "/api/backend/auth/me" });
    assert.equal(throughFrontend.status, 401, "the backend must answer a stranger by the frontend's proxy");
    assert.equal((await controller.get({ ...page, host: "other.local", plain: true })).status, 404);
    const plain = await controller.get({ ...page, plain: true });
    assert.deepEqual([plain.status, plain.headers.location], [308, `https://${host}/signin`]);
  });

  it("H5: routes the API's path to the backend, once the policy lets the controller in", async () => {
    const { status } = await controller.get(api);
    // Either it is refused, or it gets no answer in time.
    assert.ok(status === 502 || status === 504, `the policy must keep the controller from the backend: ${status}`);
    await changePolicy(pick(await production(), "NetworkPolicy", "todo-backend").spec);
    // A policy that changes may be open for a moment: what counts is what stays.
    await until("the backend keeps answering a stranger by itself", async () => {
      for (let count = 0; count < 5; count += 1) {
        if ((await controller.get(api)).status !== 401) return false;
        await sleep(1_000);
      }
      return true;
    });
  });

  it("H5: lets the pages of a listed origin call without cookies, and no others", async () => {
    const preflight = async (origin: string) => {
      const headers = {
        origin,
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization",
      };
      return (await controller.get({ ...api, method: "OPTIONS", headers })).headers;
    };
    const allowed = await preflight(listed);
    assert.equal(allowed["access-control-allow-origin"], listed);
    assert.match(allowed["access-control-allow-methods"] ?? "", /PATCH/);
    assert.match(allowed["access-control-allow-headers"] ?? "", /Authorization.*If-Match/);
    assert.equal(allowed["access-control-allow-credentials"], undefined, "cookies are for the site's own pages");
    assert.equal((await preflight("https://other.example"))["access-control-allow-origin"], undefined);
  });

  it("H5: a session's cookies are for https alone, once the frontend believes the controller", async () => {
    assert.doesNotMatch(await cookies(), /__Host-|Secure/, "a frontend that believes nobody must not believe this one");
    const settings = pick(await production(), "ConfigMap", "todo-frontend").data;
    await believeProxies(settings?.["TRUSTED_PROXY_HOPS"]);
    // The pod that is on its way out serves what it was asked before.
    const safe = /__Host-todo_session=[^;]+;[^\n]*Secure/;
    await until("the cookies are kept to this host and to https", async () => safe.test(await cookies()));
  });

  /** Signs somebody up by the ingress. Gives the cookies that are set. */
  async function cookies(): Promise<string> {
    const body = JSON.stringify({ email: `${randomUUID()}@example.com`, password: "a long enough passphrase" });
    const headers = { origin: `https://${host}`, "content-type": "application/json" };
    const answer = await controller.get({ host, path: "/api/account", method: "POST", headers, body });
    assert.equal(answer.status, 204, answer.body);
    return (answer.headers["set-cookie"] ?? []).join("\n");
  }

  async function changePolicy(spec: V1NetworkPolicySpec): Promise<void> {
    const body = await networking.readNamespacedNetworkPolicy(backend());
    body.spec = spec;
    await networking.replaceNamespacedNetworkPolicy({ ...backend(), body });
  }
});

/** Has the frontend believe so many proxies, or again as many as the stack's release says. */
async function believeProxies(hops: string | undefined): Promise<void> {
  const { apps, namespace } = stack.cluster;
  const where = { name: "todo-frontend", namespace };
  const path = "/spec/template/spec/containers/0/env";
  const { spec } = await apps.readNamespacedDeployment(where);
  if (hops === undefined && spec?.template.spec?.containers[0]?.env === undefined) return;
  const change =
    hops === undefined ? { op: "remove" } : { op: "add", value: [{ name: "TRUSTED_PROXY_HOPS", value: hops }] };
  await apps.patchNamespacedDeployment({ ...where, body: [{ ...change, path }] });
  await until("the frontend is rolled out", async () => {
    const { metadata, status } = await apps.readNamespacedDeployment(where);
    const { observedGeneration, updatedReplicas, replicas, readyReplicas } = status ?? {};
    const counts = [updatedReplicas, replicas, readyReplicas];
    return observedGeneration === metadata?.generation && counts.every((count) => count === spec?.replicas);
  });
}

const backend = () => ({ name: "todo-backend", namespace: stack.cluster.namespace });

/** The chart as values-prod.yaml makes it, for the controller of this test. */
async function production() {
  const set = [
    `ingress.controllerNamespace=${IngressController.namespace}`,
    "ingress.exposeApi=true",
    `backend.config.corsOrigins={${listed}}`,
  ];
  return await render({ overlays: ["values-prod.yaml"], set });
}
