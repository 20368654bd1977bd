import { createHmac } from "node:crypto";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { holder } from "./lib/holder.ts";
import { Namespace } from "./lib/minikube-resources.ts";
import type { Target } from "./target.ts";

/** Arguments of {@link AppSecrets}. */
export interface AppSecretsArgs {
  /** Name of the namespace; one that the stack has not made is refused. */
  namespace: pulumi.Input<string>;
  /** Number of the JWT secret, from 1. The secrets before and after it are accepted too, but sign nothing. */
  jwtSecretGeneration: number;
  /** Number of the password of the database in the cluster, from 1. */
  databasePasswordGeneration: number;
  /** PostgreSQL URL of a database outside, with its password. Without one the database is in the cluster. */
  databaseUrl?: pulumi.Input<string> | undefined;
  /** Keys of language models, by the name of the backend's setting, such as `OPENAI_API_KEY`. */
  keys: Record<string, pulumi.Input<string>>;
  /** The service that the controller for operations tells. */
  webhook?: { url: pulumi.Input<string> } | undefined;
  /** The people whose assistants may call this controller. Nobody by default. */
  assistants?: string[] | undefined;
  /** The cluster in which the namespace is made. */
  cluster: Target;
  /** With what the nodes sign in to the registry, where they cannot pull by themselves. */
  registryLogin?: { user: string; password: pulumi.Input<string> } | undefined;
}

type Content = Record<string, pulumi.Input<string>>;

/**
 * The namespace of the application, and in it one Secret for each component that needs one, mounted as files.
 *
 * A Secret never changes: other content has another name, so that exactly the pods that use it are replaced, and the
 * old one stays until no pod needs it. What is in them is in no values, images or outputs.
 */
export class AppSecrets extends pulumi.ComponentResource {
  /** Name of the namespace. */
  readonly namespace: pulumi.Output<string>;
  /** Names one life of the namespace, on which everything in it hangs. */
  readonly life: pulumi.Output<string>;
  /** Name of the Secret with `DATABASE_URL`, `JWT_SECRET`, its neighbours, and the keys of language models. */
  readonly backend: pulumi.Output<string>;
  /** Name of the Secret with `POSTGRES_PASSWORD`; undefined when the database is outside. */
  readonly postgres: pulumi.Output<string> | undefined;
  /** Name of the Secret with `WEBHOOK_URL`; undefined when nobody is told. */
  readonly operations: pulumi.Output<string> | undefined;
  /** Name of the Secret with the token of each person whose assistant may call; undefined when there is nobody. */
  readonly assistants: pulumi.Output<string> | undefined;
  /** Name of the Secret with which nodes pull images; undefined when they need none. */
  readonly registry: pulumi.Output<string> | undefined;

  constructor(name: string, args: AppSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:AppSecrets", name, {}, opts);
    const { cluster, databaseUrl, jwtSecretGeneration } = args;

    const namespace = new Namespace(
      `${name}-namespace`,
      {
        name: args.namespace,
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        kubeconfig: cluster.kubeconfig,
        context: cluster.context,
        ...cluster.identity,
        instance: cluster.instance,
        ...(cluster.owner === undefined ? {} : { owner: cluster.owner }),
        holder: holder(),
      },
      // Two cannot have one name. When it is told to replace it, the engine does not ask the provider for the order.
      { ...cluster.inCluster, parent: this, deleteBeforeReplace: true },
    );
    // A random key, since a plain hash in a name would let short secrets be guessed.
    const nameKey = this.random(`${name}-name-key`, 32);
    const secret = (component: string, content: Content, type = "Opaque"): pulumi.Output<string> => {
      const stringData = pulumi.secret(content);
      // A name of its own for each life, too: removing the Secret of a life that is over must not hit the next one's.
      const digest = pulumi
        .all([nameKey, stringData, namespace.life])
        .apply(([key, data, life]) => digestOf(key, { ...data, life }));
      const { metadata } = new Secret(
        `${name}-${component}-secret`,
        {
          metadata: {
            name: pulumi.interpolate`todo-${component}-${pulumi.unsecret(digest)}`,
            namespace: namespace.name,
          },
          type,
          immutable: true,
          stringData,
        },
        // Under a name of its own: the old one goes last, when no pod uses it any more.
        { ...cluster.inKubernetes, parent: this, deleteBeforeReplace: false },
      );
      return metadata.name;
    };

    const jwtSecret = (generation: number): pulumi.Output<string> =>
      this.random(nameOf(`${name}-jwt-secret`, generation), 64);
    const jwtSecrets: Content = {
      JWT_SECRET: jwtSecret(jwtSecretGeneration),
      // Announced ahead: pods that still sign with the present one accept it while it is rolled out.
      JWT_SECRET_NEXT: jwtSecret(jwtSecretGeneration + 1),
      ...(jwtSecretGeneration > 1 ? { JWT_SECRET_PREVIOUS: jwtSecret(jwtSecretGeneration - 1) } : {}),
    };
    if (databaseUrl === undefined) {
      const password = this.random(nameOf(`${name}-database-password`, args.databasePasswordGeneration), 32);
      const url = pulumi.interpolate`postgresql+psycopg://todo:${password}@todo-postgres:5432/todo`;
      this.postgres = secret("postgres", { POSTGRES_PASSWORD: password });
      this.backend = secret("backend", { DATABASE_URL: url, ...jwtSecrets, ...args.keys });
    } else {
      this.backend = secret("backend", { DATABASE_URL: databaseUrl, ...jwtSecrets, ...args.keys });
    }

    if (args.webhook !== undefined) this.operations = secret("operations", { WEBHOOK_URL: args.webhook.url });
    const { assistants = [] } = args;
    if (assistants.length > 0) {
      const tokens = assistants.map((person) => [person, this.random(`${name}-token-of-${person}`, 48)] as const);
      this.assistants = secret("assistants", Object.fromEntries(tokens));
    }

    const { images } = cluster;
    if (args.registryLogin !== undefined && images.registry !== undefined) {
      const content = {
        ".dockerconfigjson": pulumi.output(args.registryLogin).apply((login) => loginTo(images.registry, login)),
      };
      this.registry = secret("registry", content, "kubernetes.io/dockerconfigjson");
    }

    this.namespace = namespace.name;
    this.life = namespace.life;
    this.registerOutputs({ namespace: this.namespace, backend: this.backend, postgres: this.postgres });
  }

  /**
   * Letters and digits that stay the same until the stack is destroyed. Not RandomBytes: its id is its value, in plain
   * text.
   */
  private random(name: string, length: number): pulumi.Output<string> {
    return new RandomPassword(name, { length, special: false }, { parent: this }).result;
  }
}

function nameOf(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/** Docker's settings with a login to the registry of images. */
function loginTo(registry: string, { user, password }: { user: string; password: string }): string {
  const [host = ""] = registry.split("/");
  // Docker knows its own registry by this address alone.
  const address = /^(index\.)?docker\.io$/.test(host) ? "https://index.docker.io/v1/" : host;
  return JSON.stringify({ auths: { [address]: { auth: Buffer.from(`${user}:${password}`).toString("base64") } } });
}

function digestOf(key: string, content: Record<string, string>): string {
  const text = JSON.stringify(Object.entries(content).toSorted());
  return createHmac("sha256", key).update(text).digest("hex").slice(0, 16);
}
