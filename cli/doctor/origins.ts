import type { BuildProxies } from "../../provider/resources/images/build-proxies.ts";
import type { UnusedSettings } from "../../machine/docker-config.ts";
import { fail, pass, warn } from "./verdicts.ts";
import type { Finding } from "./verdicts.ts";

/** The plugins of Pulumi that this stack uses. @param found what there is of each. */
export const onPlugins = (found: [name: string, is: "missing" | "official" | "stand-in"][]): Finding => {
  const name = "plugins";
  const namesOf = (is: string): string => found.flatMap(([plugin, each]) => (each === is ? [plugin] : [])).join(", ");
  const missing = namesOf("missing");
  if (missing !== "") return fail(name, `missing: ${missing}`, "Type: npm run setup");
  const kinds = ["official", "stand-in"].map((is) => [is, namesOf(is)]).filter(([, names]) => names !== "");
  return pass(name, kinds.map(([is, names]) => `${is}: ${names}`).join("; "));
};

/**
 * The places that tools, plugins and images come from.
 * @param hosts those out of reach.
 * @param images what becomes of the images of a cluster.
 */
export const onSources = (hosts: string[], images: "fetched" | "made here" | "out of reach"): Finding => {
  const name = "sources";
  if (hosts.length === 0) return pass(name, "every place that has what the stack needs can be reached");
  const again = "To look again, type: npm run setup -- --again";
  const text = `out of reach: ${hosts.join(", ")}`;
  if (images === "out of reach") {
    const next = `Give Docker a mirror of them ("registry-mirrors" in its daemon.json), or a proxy. ${again}`;
    return warn(name, `${text}; images from there are used if they are here`, next);
  }
  const made = images === "made here" ? "; the images of a cluster are made here" : "";
  return pass(name, `${text}; what comes from there is made from package registries${made}. ${again}`);
};

/** What of Docker's own settings the builds in the cluster do not get. */
export const onDockerSettings = ({ logins, hasProxies }: UnusedSettings): Finding => {
  const name = "settings of Docker";
  const text = logins.length === 0 ? "no registry logins" : `builds in the cluster get no login: ${logins.join(", ")}`;
  if (!hasProxies) return pass(name, text);
  const next = "If builds need them, set HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the shell before the cluster is made.";
  return warn(name, `${text}; nor do they get the proxies of Docker's config.json`, next);
};

/**
 * The proxies of the shell.
 * @param proxies those that builds in the cluster go by.
 * @param here those that only this machine reaches, as `HOST:PORT`.
 * @param unfit the variables whose proxy Node cannot use.
 */
export const onProxies = ({ HTTP_PROXY, HTTPS_PROXY }: BuildProxies, here: string[], unfit: string[]): Finding => {
  const name = "proxies";
  if (unfit.length > 0) {
    const what = `${unfit.join(", ")} is no http:// address that Node can use: set-up downloads without a proxy`;
    const next =
      `Set ${unfit.join(", ")} to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. There, write %25 for a %, ` +
      "%23 for a #, %2F for a /, %3F for a ? and %40 for an @ in the user or the password";
    return warn(name, what, next);
  }
  if (here.length > 0) {
    const what = `${here.join(", ")} is on this machine's loopback interface, which the cluster cannot reach`;
    const next =
      "Let the proxy listen on the bridge of Docker too, and name that address in HTTP_PROXY and HTTPS_PROXY before the cluster " +
      "is made. To see it, type: docker network inspect bridge";
    return warn(name, `${what}: builds and pulls in it go without a proxy`, next);
  }
  // A password may stand before the host.
  const hosts = [HTTP_PROXY, HTTPS_PROXY].filter((url) => url !== "").map((url) => url.replace(/^.*@|^.*:\/\//, ""));
  if (hosts.length === 0) return pass(name, "none in this shell");
  return pass(
    name,
    `set-up, pulls and builds go by ${[...new Set(hosts)].join(", ")}; this machine and its clusters do not`,
  );
};
