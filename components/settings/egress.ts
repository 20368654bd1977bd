import { isIPv4 } from "node:net";

/** One flow out of the cluster that the chart's NetworkPolicy allows. */
export interface Egress {
  /** IPv4 network. `0.0.0.0/0` means the Internet, without private networks. */
  cidr: string;
  port: number;
}

const ports: Record<string, number> = { "http:": 80, "https:": 443, "postgres:": 5432, "postgresql:": 5432 };

/** The flow to the server of a URL. A policy knows addresses only: for a name it is that port of the whole Internet. */
export function egressTo(url: string): Egress {
  const { hostname, port, protocol } = new URL(url);
  return { cidr: isIPv4(hostname) ? `${hostname}/32` : "0.0.0.0/0", port: Number(port) || (ports[protocol] ?? 443) };
}
