/**
 * Says why a pod cannot reach a host: it is another one to a pod, or the cluster's network does not carry it.
 * @param host as it stands in a URL.
 * @returns undefined when all is well; else words that follow the name of the setting.
 */
export function problemOfHost(host: string): string | undefined {
  if (host === "") return "names no host";
  if (/^(?:(?:.*\.)?localhost\.?|127\..*|0\.0\.0\.0|\[::1?\])$/i.test(host)) {
    return "names localhost, which to a pod is the pod itself";
  }
  if (host.startsWith("[")) return "names an IPv6 address, and the cluster has IPv4 alone";
  return /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?$/i.test(host)
    ? undefined
    : "names a host that is neither a name nor an IPv4 address";
}
