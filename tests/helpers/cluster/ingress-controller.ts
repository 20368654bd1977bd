import { copyFile, writeFile } from "node:fs/promises";
import { request as http } from "node:http";
import type { Agent, IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as https } from "node:https";
import type { Server } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, KubeConfig, KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { imagesAreMadeHere } from "../../../offline/registries/images/made-here.ts";
import { goBinary } from "../../../offline/registries/go/binaries.ts";
import type { ClusterView } from "./cluster-view.ts";
import { image, name, objects, ports } from "./ingress-objects.ts";
import { answerOf, asPage, type Site } from "./load.ts";
import type { NodeDaemon } from "./node-daemon.ts";
import { forwardPort } from "./port-forward.ts";

/** A request by the controller. */
export interface Call {
  host: string;
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  /** Without TLS. */
  plain?: boolean;
  /** Whose connections it goes over. Without one, over a new connection. */
  agent?: Agent | undefined;
}

/** Its answer. */
export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Traefik in a namespace of its own, which reads the Ingresses of the stack's namespace that are of class `nginx`. The
 * Secret `todo-tls` there holds a certificate that nobody but {@link IngressController.get} trusts.
 */
export class IngressController {
  /** The namespace of the controller. */
  static readonly namespace = name;

  readonly #config: KubeConfig;
  readonly #objects: KubernetesObject[];
  readonly #certificate: string;
  readonly #servers: Server[] = [];
  readonly #ports = { http: 0, https: 0 };

  private constructor(config: KubeConfig, objects: KubernetesObject[], certificate: string) {
    this.#config = config;
    this.#objects = objects;
    this.#certificate = certificate;
  }

  /**
   * Starts the controller, with a certificate for one host, and waits until it listens.
   * @param node the node of the daemon, if there are several.
   */
  static async start(
    cluster: ClusterView,
    daemon: NodeDaemon,
    host: string,
    node?: string,
  ): Promise<IngressController> {
    // It is no image of the stack: where none can be pulled, the node gets it from its program, which set-up has built.
    if (imagesAreMadeHere()) await buildImage(daemon);
    const { key, certificate } = await makeCertificate(host);
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    const controller = new IngressController(config, objects(cluster.namespace, key, certificate, node), certificate);
    try {
      const client = KubernetesObjectApi.makeApiClient(config);
      for (const object of controller.#objects) await client.create(object);
      await controller.#listen();
      await controller.#ready(host);
    } catch (error) {
      await controller.stop();
      throw error;
    }
    return controller;
  }

  /** Sends a request over TLS, or without, and gives whatever the answer is. */
  async get({ host, path, method = "GET", headers = {}, body, plain = false, agent }: Call): Promise<Answer> {
    const options = {
      host: "127.0.0.1",
      path,
      method,
      headers: { ...headers, host },
      agent: agent ?? false,
      timeout: 30_000,
    };
    const request = plain
      ? http({ ...options, port: this.#ports.http })
      : https({ ...options, port: this.#ports.https, servername: host, ca: this.#certificate });
    const answer = new Promise<Answer>((resolve, reject) => {
      request.once("error", reject);
      request.once("timeout", () => request.destroy(new Error(`${method} ${path} had no answer for 30 s`)));
      request.once("response", (response) => {
        const { statusCode: status, headers } = response;
        text(response).then((body) => resolve({ status, headers, body }), reject);
      });
    });
    request.end(body);
    return await answer;
  }

  /** The site of a host, to which a load's requests go over TLS. */
  site(host: string): Site {
    return {
      Agent: HttpsAgent,
      call: async (sent) => {
        const { headers, text } = asPage(sent, `https://${host}`);
        const { method, path, agent } = sent;
        const answer = await this.get({ host, method, path, agent, headers, body: text });
        return answerOf(answer.status, answer.headers, answer.body);
      },
    };
  }

  /** Removes everything that {@link IngressController.start} has made. */
  async stop(): Promise<void> {
    for (const server of this.#servers) server.close();
    const client = KubernetesObjectApi.makeApiClient(this.#config);
    for (const object of this.#objects.toReversed()) {
      await client.delete(object).catch((error: unknown) => {
        if (!(error instanceof ApiException && error.code === 404)) throw error;
      });
    }
  }

  /** Opens a port on 127.0.0.1 for each of the controller's. */
  async #listen(): Promise<void> {
    for (const protocol of ["http", "https"] as const) {
      const { server, port } = await forwardPort(this.#config, { namespace: name, pod: name, port: ports[protocol] });
      this.#servers.push(server);
      this.#ports[protocol] = port;
    }
  }

  async #ready(host: string): Promise<void> {
    const deadline = Date.now() + 120_000;
    for (;;) {
      try {
        await this.get({ host, path: "/", plain: true });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw new Error("the ingress controller does not listen", { cause: error });
        await sleep(500);
      }
    }
  }
}

async function buildImage(daemon: NodeDaemon): Promise<void> {
  await using folder = await createFixture();
  await copyFile(goBinary("traefik"), folder.getPath("traefik"));
  await writeFile(folder.getPath("Dockerfile"), 'FROM scratch\nCOPY traefik /\nENTRYPOINT ["/traefik"]\n');
  await daemon.build("--tag", image, folder.path);
}

async function makeCertificate(host: string): Promise<{ key: string; certificate: string }> {
  const { stdout } = await execa("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`, "-keyout", "-", "-out", "-"],
  ]);
  const [key = "", certificate = ""] = stdout.match(/-----BEGIN [^]+?-----END [^-]+-----/g) ?? [];
  return { key, certificate };
}
