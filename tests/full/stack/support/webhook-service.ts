import type { V1Pod } from "@kubernetes/client-node";
import { ClusterView } from "../../../helpers/cluster/cluster-view.ts";
import { until } from "../../../helpers/until.ts";
import { stack } from "../../../stack/support/stack.ts";

const component = "webhook-service";
const port = 8080;

const program = `
import http.server

class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        print(self.path, body, flush=True)
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer(("", ${port}), Service).serve_forever()
`;

/** A service that takes what a webhook is told, in a namespace of its own. */
export class WebhookService {
  /** Where it takes that. The path stands for what is secret in the URL of a real one. */
  readonly url: string;
  readonly #view: ClusterView;

  private constructor(view: ClusterView, address: string) {
    this.#view = view;
    this.url = `http://${address}:${port}/hush`;
  }

  /** Runs it in the image of the backend, which has Python. */
  static async start(): Promise<WebhookService> {
    const { core, kubeconfig } = stack.cluster;
    const { metadata } = await core.createNamespace({ body: { metadata: { generateName: "webhook-" } } });
    const view = new ClusterView(kubeconfig, metadata?.name);
    const image = (await stack.cluster.pod("backend")).spec?.containers[0]?.image ?? "";
    const body: V1Pod = {
      metadata: { name: component, labels: { "app.kubernetes.io/component": component } },
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: component, image, command: ["python", "-c", program] }],
      },
    };
    await view.core.createNamespacedPod({ namespace: view.namespace, body });
    let address: string | undefined;
    await until("the service of the webhook runs", async () => {
      const { status } = await view.core.readNamespacedPod({ name: component, namespace: view.namespace });
      address = status?.phase === "Running" ? status.podIP : undefined;
      return address !== undefined;
    });
    return new WebhookService(view, address ?? "");
  }

  /** What it was told: a line each, with the path. */
  async lines(): Promise<string[]> {
    const { namespace } = this.#view;
    const log = await this.#view.core.readNamespacedPodLog({ name: component, namespace });
    return log.split("\n").filter((line) => line.startsWith("/"));
  }

  async stop(): Promise<void> {
    await this.#view.core.deleteNamespace({ name: this.#view.namespace });
  }
}
