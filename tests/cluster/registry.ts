import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { once } from "node:events";
import process from "node:process";
import { execa } from "execa";
import { createFixture, type FsFixture } from "fs-fixture";
import { globSync } from "tinyglobby";
import { environment } from "../../machine/tool-environment.ts";
import { until } from "../helpers/until.ts";

const port = 5055;
const user = "puller";
/** Where it is in the node. */
const folder = "/registry";

/**
 * A registry in the first node of a cluster, with TLS and a password, which is `localhost:5055` for this machine and
 * for each node. It is Debian's package `docker-registry`. It ends with the node.
 */
export class Registry {
  readonly address = `localhost:${port}`;
  readonly user = user;
  readonly password: string;
  /** Variables for who signed in to it, and trusts its certificate besides those that everybody trusts. */
  readonly env: Record<string, string>;
  readonly #node: string;
  readonly #files: FsFixture;
  readonly #server: Server;

  private constructor(node: string, password: string, files: FsFixture, server: Server) {
    this.#node = node;
    this.password = password;
    this.#files = files;
    this.#server = server;
    this.env = { DOCKER_CONFIG: files.getPath("docker"), SSL_CERT_FILE: files.getPath("trusted.pem") };
  }

  /** Starts it, and leads the other nodes and this machine to it. */
  static async start([node, ...others]: readonly [string, ...string[]]): Promise<Registry> {
    const password = randomUUID();
    const files = await filesWith(password);
    await execa("docker", ["cp", `${files.path}/.`, `${node}:${folder}`]);
    const log = ["sh", "-c", `exec ${folder}/docker-registry serve ${folder}/config.yml >>${folder}/log 2>&1`];
    await execa("docker", ["exec", "--detach", node, ...log]);
    const ip = await addressOf(node);
    for (const other of others) {
      const forward = [`TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`, `TCP:${ip}:${port}`];
      await execa("docker", ["exec", "--detach", other, "socat", ...forward]);
    }
    const registry = new Registry(node, password, files, await leadTo(ip));
    await until("the registry answers", async () => (await registry.#log()).includes("listening on"));
    return registry;
  }

  /** How many images were pushed to it. */
  async pushes(): Promise<number> {
    return (await this.#log()).match(/"PUT \/v2\/[^ ]+\/manifests\/[^ ]+ [^"]*" 201/g)?.length ?? 0;
  }

  /** Ends the way to it from this machine. */
  async stop(): Promise<void> {
    this.#server.close();
    await this.#files.rm();
  }

  async #log(): Promise<string> {
    return (await execa("docker", ["exec", this.#node, "cat", `${folder}/log`])).stdout;
  }
}

/** Its program, settings and certificate, and the settings of a Docker that has signed in. */
async function filesWith(password: string): Promise<FsFixture> {
  const files = await createFixture({
    "config.yml": `
version: 0.1
storage: { filesystem: { rootdirectory: ${folder}/storage } }
http: { addr: "0.0.0.0:${port}", tls: { certificate: ${folder}/cert.pem, key: ${folder}/key.pem } }
auth: { htpasswd: { realm: registry, path: ${folder}/htpasswd } }
`,
    htpasswd: `${user}:${await bcrypt(password)}\n`,
    "docker/config.json": JSON.stringify({
      auths: { [`localhost:${port}`]: { auth: Buffer.from(`${user}:${password}`).toString("base64") } },
    }),
  });
  await execa("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", files.getPath("key.pem"), "-out", files.getPath("cert.pem")],
  ]);
  await writeFile(files.getPath("trusted.pem"), (await everybodyTrusts()) + (await files.readFile("cert.pem", "utf8")));
  await unpackProgram(files);
  return files;
}

/** The form that `htpasswd -B` gives a password. */
async function bcrypt(password: string): Promise<string> {
  const salt = "$2b$05$abcdefghijklmnopqrstuu";
  return (await execa("perl", ["-e", "print crypt($ARGV[0], $ARGV[1])", password, salt])).stdout;
}

async function everybodyTrusts(): Promise<string> {
  const path = process.env["SSL_CERT_FILE"] ?? "/etc/ssl/certs/ca-certificates.crt";
  return existsSync(path) ? await readFile(path, "utf8") : "";
}

/** Gets the package and takes it apart, since an installation would start a registry of its own. */
async function unpackProgram(files: FsFixture): Promise<void> {
  await using download = await createFixture();
  const inDownload = { cwd: download.path, env: environment() };
  const fetched = await execa("apt-get", ["download", "docker-registry"], { ...inDownload, reject: false });
  if (fetched.exitCode !== 0) {
    await execa("apt-get", ["update"], inDownload);
    await execa("apt-get", ["download", "docker-registry"], inDownload);
  }
  const [name = ""] = globSync("*.deb", { cwd: download.path });
  await execa("dpkg-deb", ["--extract", name, "unpacked"], inDownload);
  await execa("cp", [download.getPath("unpacked/usr/bin/docker-registry"), files.path]);
}

async function addressOf(node: string): Promise<string> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  return (await execa("docker", ["inspect", "--format", format, node])).stdout;
}

/** Opens the port on 127.0.0.1. */
async function leadTo(ip: string): Promise<Server> {
  const server = createServer((socket) => {
    const onward = connect(port, ip);
    socket.pipe(onward).pipe(socket);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
