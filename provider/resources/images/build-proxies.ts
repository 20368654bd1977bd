import { secretSignature, signatureKey } from "../../engine/marks.ts";

/** The proxies that a build gets as arguments. Docker knows them by these names, and no Dockerfile has to name them. */
export interface BuildProxies {
  HTTP_PROXY: string;
  HTTPS_PROXY: string;
  NO_PROXY: string;
}

/** Without a proxy. */
export const noProxies: BuildProxies = { HTTP_PROXY: "", HTTPS_PROXY: "", NO_PROXY: "" };

/**
 * The proxies that builds in the cluster go by: those of an environment, in either case, as Pulumi was told them.
 *
 * A proxy that listens on this machine's loopback interface is left out: to the cluster's node that address is the node
 * itself.
 */
export function buildProxies(env: NodeJS.ProcessEnv): BuildProxies {
  const valueOf = (name: "http_proxy" | "https_proxy" | "no_proxy"): string =>
    env[name] || env[name.toUpperCase()] || "";
  const [http, https] = [valueOf("http_proxy"), valueOf("https_proxy")].map((url) => (isOnLoopback(url) ? "" : url));
  if (!http && !https) return noProxies;
  return { HTTP_PROXY: http ?? "", HTTPS_PROXY: https ?? "", NO_PROXY: valueOf("no_proxy") };
}

/** The same as the engine takes it: secret where a password may be in it. */
export function markedProxies(proxies: BuildProxies): object {
  return [proxies.HTTP_PROXY, proxies.HTTPS_PROXY].some((value) => value.includes("@"))
    ? { [signatureKey]: secretSignature, value: proxies }
    : proxies;
}

/** The proxies of an environment that only this machine itself reaches, as `HOST:PORT`: no password is in it. */
export function loopbackProxies(env: NodeJS.ProcessEnv): string[] {
  const names = ["http_proxy", "https_proxy", "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);
  const urls = names.map((name) => env[name] ?? "").filter(isOnLoopback);
  return [...new Set(urls.map((url) => parsed(url)?.host ?? ""))];
}

const isOnLoopback = (url: string): boolean =>
  /^(?:(?:.*\.)?localhost\.?|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f:]+\])$/i.test(
    parsed(url)?.hostname ?? "",
  );

/** Programs take a proxy without `http://` too. */
function parsed(url: string): URL | undefined {
  const whole = url.includes("://") ? url : `http://${url}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}
