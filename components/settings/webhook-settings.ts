import * as pulumi from "@pulumi/pulumi";
import { type Egress, egressTo } from "./egress.ts";
import { problemOfHost } from "./host.ts";

/** What a service may take. */
export const formats = ["slack", "alertmanager"] as const;

/** A service that the controller for operations tells what it finds and does. */
export interface Webhook {
  /** Whoever has it can write there. */
  url: pulumi.Output<string>;
  format: string;
  egress: Egress;
}

/** The service with this URL, if there is one. */
export function webhookOf(url: string | undefined, format: string): Webhook | undefined {
  return url === undefined ? undefined : { url: pulumi.secret(url), format, egress: egressTo(url) };
}

/**
 * Says what is wrong with the URL of a webhook, in words that follow the name of the setting, without the value.
 * @param operations what the controller does.
 * @returns undefined when all is well.
 */
export function problemOfWebhook(url: string, operations: string): string | undefined {
  if (!URL.canParse(url) || !/^https?:\/\/[^/]/.test(url)) return "must be a URL that begins with https://";
  const problem = problemOfHost(new URL(url).hostname);
  if (problem !== undefined) return problem;
  return operations === "off" ? "is of no use while operations is off, since there is no controller" : undefined;
}
