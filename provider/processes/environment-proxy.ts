import { BlockList, isIP } from "node:net";

/**
 * The proxy by which an environment has a server asked over https, as kubectl, Helm and Pulumi's plugin understand it.
 * @returns undefined where there is none, or the server is asked without it: this machine, and what `NO_PROXY` names.
 */
export function environmentProxy(server: string, env: NodeJS.ProcessEnv): string | undefined {
  const proxy = env["HTTPS_PROXY"] || env["https_proxy"] || "";
  if (proxy === "" || !URL.canParse(server)) return undefined;
  const { hostname, port } = new URL(server);
  // An address of IPv6 is in brackets.
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || isIn(host, "127.0.0.0/8") || isIn(host, "::1/128")) return undefined;
  const exceptions = (env["NO_PROXY"] || env["no_proxy"] || "").toLowerCase().split(",");
  if (exceptions.some((exception) => covers(exception.trim(), host, port || "443"))) return undefined;
  // Programs take a proxy without `http://` too.
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** Whether an entry of `NO_PROXY` names a server: `*`, a network, or an address or a name, either with a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "" || entry === "*") return entry === "*";
  if (entry.includes("/")) return isIn(host, entry);
  const [, name = entry, only = port] = isIP(entry) === 6 ? [] : (/^\[?([^\]]*)\]?:(\d+)$/.exec(entry) ?? []);
  if (only !== port) return false;
  const domain = name.replace(/^\*(?=\.)/, "");
  if (domain.startsWith(".")) return host.endsWith(domain);
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function isIn(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const family = isIP(address);
  if (isIP(host) === 0 || family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? "ipv4" : "ipv6");
  return list.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}
