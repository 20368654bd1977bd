import assert from "node:assert/strict";
import { pick, refusal, render } from "./support/render.ts";

const ON = "ingress.enabled=true";

describe("chart: ingress", () => {
  it("H5: is off unless asked for", async () => {
    const manifests = await render();
    assert.deepEqual(manifests.filter(({ kind }) => kind === "Ingress"), []); // prettier-ignore
  });

  it("H5: routes todo.local to the frontend", async () => {
    const { spec, metadata } = pick(await render({ set: [ON] }), "Ingress", "todo-frontend");
    assert.deepEqual(spec, {
      ingressClassName: "nginx",
      rules: [{ host: "todo.local", http: { paths: [route("/", "todo-frontend")] } }],
    });
    assert.equal(metadata.annotations, undefined);
  });

  it("H5: routes the API to the backend when told, and opens the backend to the controller alone", async () => {
    const manifests = await render({ set: [ON, "ingress.exposeApi=true"] });
    const [{ http }] = pick(manifests, "Ingress", "todo-frontend").spec["rules"];
    assert.deepEqual(http.paths, [route("/api/v1", "todo-backend"), route("/", "todo-frontend")]);
    const [{ from }] = pick(manifests, "NetworkPolicy", "todo-backend").spec["ingress"];
    assert.equal(from.length, 2);
    assert.deepEqual(from[1].namespaceSelector.matchLabels, { "kubernetes.io/metadata.name": "ingress-nginx" });
  });

  it("H5: tells the controller which origins may call", async () => {
    const set = [ON, "backend.config.corsOrigins={https://a.example}"];
    const { annotations = {} } = pick(await render({ set }), "Ingress", "todo-frontend").metadata;
    const cors = Object.entries(annotations).filter(([name]) => name.includes("cors"));
    const prefix = "nginx.ingress.kubernetes.io/";
    assert.deepEqual(Object.fromEntries(cors.map(([name, value]) => [name.replace(prefix, ""), value])), {
      "enable-cors": "true",
      "cors-allow-origin": "https://a.example",
      "cors-allow-methods": "GET, POST, PATCH, DELETE, OPTIONS",
      "cors-allow-headers": "Authorization, Content-Type, If-Match, X-Request-ID",
      "cors-allow-credentials": "false",
    });
  });

  it("H5: has cert-manager make the certificate, by an issuer of either kind", async () => {
    const set = [ON, "ingress.tls.enabled=true", "ingress.tls.issuer=letsencrypt"];
    for (const [kind, annotation] of [
      ["ClusterIssuer", "cert-manager.io/cluster-issuer"],
      ["Issuer", "cert-manager.io/issuer"],
    ] as const) {
      const rendered = await render({ set: [...set, `ingress.tls.issuerKind=${kind}`] });
      const { spec, metadata } = pick(rendered, "Ingress", "todo-frontend");
      assert.deepEqual(spec["tls"], [{ hosts: ["todo.local"], secretName: "todo-tls" }]);
      const issuers = Object.entries(metadata.annotations ?? {}).filter(([name]) => name.startsWith("cert-manager"));
      assert.deepEqual(issuers, [[annotation, "letsencrypt"]]);
    }
  });

  it("H5: names no certificate where the controller has it, and asks for none", async () => {
    const set = [ON, "ingress.tls.enabled=true", "ingress.tls.provided=true"];
    assert.deepEqual(pick(await render({ set }), "Ingress", "todo-frontend").spec["tls"], [{ hosts: ["todo.local"] }]);
  });

  it("H5: serves TLS with the named certificate, and asks for one", async () => {
    const set = [ON, "ingress.tls.enabled=true"];
    assert.match(await refusal({ set }), /ingress\.tls\.secretName is empty\. Set it to the name of a Secret of type/);
    const { spec, metadata } = pick(await render({ set: [...set, "ingress.tls.secretName=cert"] }), "Ingress", "todo-frontend"); // prettier-ignore
    assert.deepEqual(spec["tls"], [{ hosts: ["todo.local"], secretName: "cert" }]);
    assert.equal(metadata.annotations?.["nginx.ingress.kubernetes.io/ssl-redirect"], "true");
  });
});

function route(path: string, service: string) {
  return { path, pathType: "Prefix", backend: { service: { name: service, port: { name: "http" } } } };
}
