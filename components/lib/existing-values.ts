import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ExistingSettings } from "../settings/existing-settings.ts";
import { merge } from "./merge-values.ts";

/** The settings of a stack on which the chart's values depend. */
type ValueSettings = Pick<
  ExistingSettings,
  "platform" | "host" | "ingressClass" | "gateway" | "tlsSecret" | "certIssuer" | "storageClass" | "values"
>;

/**
 * The chart's values for production, under those of the stack's file, under what the settings say.
 * @param folder the checkout. Defaults to the current folder, which is where Pulumi runs the program.
 */
export function existingValues(settings: ValueSettings, folder = "."): Record<string, unknown> {
  const production = parse(readFileSync(`${folder}/charts/todo/values-prod.yaml`, "utf8")) as object;
  return merge(merge(merge(production, assumed(settings)), settings.values), said(settings));
}

/** What holds unless the stack's file says otherwise. */
function assumed({ gateway }: ValueSettings): object {
  return {
    // Behind an Ingress or a Gateway nobody needs a load balancer of its own.
    frontend: { service: { type: "ClusterIP" } },
    // Most Gateways serve by pods of their own namespace.
    ...(gateway === "" ? {} : { gateway: { proxyNamespace: gateway.split("/")[0] } }),
  };
}

function said(settings: ValueSettings): object {
  const { platform, storageClass } = settings;
  return {
    // No other node can run the images.
    global: { nodeSelector: { "kubernetes.io/arch": platform.split("/")[1] ?? "" } },
    ...inFront(settings),
    ...(storageClass === "" ? {} : { postgres: { storage: { className: storageClass } } }),
  };
}

/** What leads to the application from outside, and the certificate. */
function inFront({ host, gateway, ingressClass, tlsSecret, certIssuer }: ValueSettings): object {
  if (gateway !== "") {
    const [namespace = "", name = ""] = gateway.split("/");
    return {
      ingress: { enabled: false },
      gateway: { enabled: true, namespace, name, host },
    };
  }
  const certificate =
    certIssuer === ""
      ? { ...(tlsSecret === "" ? {} : { secretName: tlsSecret }) }
      : { secretName: "", issuer: certIssuer };
  return {
    // A file of values may have chosen the Gateway.
    gateway: { host },
    ingress: { host, ...(ingressClass === "" ? {} : { className: ingressClass }), tls: certificate },
  };
}
