import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import type { MinikubeCluster } from "./minikube-cluster.ts";

/** Arguments of {@link AppSecrets}. */
export interface AppSecretsArgs {
  /** Name of the namespace, which must not exist yet. */
  namespace: pulumi.Input<string>;
  /** The cluster in which the namespace is made. */
  cluster: MinikubeCluster;
}

/**
 * The namespace of the application, and in it the Secret that its pods mount as files. The secrets in it are random and
 * stay the same until the stack is destroyed. They are in no values, images or outputs.
 */
export class AppSecrets extends pulumi.ComponentResource {
  /** Name of the namespace. */
  readonly namespace: pulumi.Output<string>;
  /** Name of the Secret, with the keys `DATABASE_URL`, `JWT_SECRET` and `POSTGRES_PASSWORD`. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: AppSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:AppSecrets", name, {}, opts);
    const inCluster = { ...args.cluster.inKubernetes, parent: this };

    // Not RandomBytes: its id is its value, and Pulumi keeps ids in plain text.
    const jwtSecret = new RandomPassword(`${name}-jwt-secret`, { length: 64, special: false }, { parent: this });
    const password = new RandomPassword(`${name}-database-password`, { length: 32, special: false }, { parent: this });
    const namespace = new Namespace(
      `${name}-namespace`,
      { metadata: { name: args.namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      inCluster,
    );
    const secret = new Secret(
      `${name}-secret`,
      {
        metadata: { name: "todo-secrets", namespace: namespace.metadata.name },
        type: "Opaque",
        stringData: {
          DATABASE_URL: pulumi.interpolate`postgresql+psycopg://todo:${password.result}@todo-postgres:5432/todo`,
          JWT_SECRET: jwtSecret.result,
          POSTGRES_PASSWORD: password.result,
        },
      },
      inCluster,
    );

    this.namespace = namespace.metadata.name;
    this.secretName = secret.metadata.name;
    this.registerOutputs({ namespace: this.namespace, secretName: this.secretName });
  }
}
