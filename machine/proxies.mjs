// Plain JavaScript on built-ins alone: it runs on Node 18, before anything is installed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The variables that name a proxy, which programs read in either case. */
const proxies = ["http_proxy", "https_proxy", "all_proxy", "grpc_proxy"];

/** What no proxy can reach: this machine, the network of Kubernetes' Services, and the networks of VM drivers. */
const here = ["localhost", "127.0.0.0/8", "127.0.0.1", "::1", "[::1]", "10.96.0.0/12", ".svc", ".cluster.local"];
const virtualMachines = ["192.168.39.0/24", "192.168.59.0/24", "192.168.64.0/24", "192.168.105.0/24"];

/** The networks that Minikube tries one after the other for a cluster in a container. */
const containers = Array.from({ length: 20 }, (_, index) => `192.168.${49 + 9 * index}.0/24`);

/**
 * The variables that lead every program past the user's proxy to this machine and to its clusters, and to the proxy for
 * all else.
 * @param {NodeJS.ProcessEnv} env the user's.
 * @param {string} stateFolder where the kubeconfigs of the checkout are. They name the clusters' addresses, for
 * programs that know no networks.
 * @returns {NodeJS.ProcessEnv} what to set besides; nothing where there is no proxy.
 */
export const pastProxies = (env, stateFolder) => {
  const completed = completedIn(env);
  const valueOf = (/** @type {string} */ name) =>
    completed[name] || env[name] || completed[name.toUpperCase()] || env[name.toUpperCase()];
  if (!proxies.some(valueOf)) return {};
  const own = [env["NO_PROXY"], env["no_proxy"]].flatMap((list) => (list ?? "").split(/[\s,]+/));
  // Nothing is to go by a proxy. Some programs know this word only where it stands alone; others, such as gRPC in Node,
  // not at all.
  if (own.includes("*")) {
    const none = proxies.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, undefined]);
    return { ...Object.fromEntries(none), NO_PROXY: "*", no_proxy: "*" };
  }
  const near = [...here, ...containers, ...virtualMachines, ...clustersIn(stateFolder)];
  const list = [...new Set([...own, ...near])].filter((entry) => entry !== "").join(",");
  // Some programs read the one, some the other.
  return { ...completed, ...forNodeAndGo(valueOf("all_proxy"), valueOf), NO_PROXY: list, no_proxy: list };
};

/**
 * The variables whose proxy Node cannot use. Told to go by one of them, it ends with a stack trace before it runs
 * anything.
 * @param {NodeJS.ProcessEnv} env with what `pastProxies` gives.
 * @returns {string[]}
 */
export const unfitForNode = (env) =>
  ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].filter((name) => env[name] && !isFit(env[name] ?? ""));

/** @param {string} proxy */
const isFit = (proxy) => {
  try {
    const { protocol, username, password } = new URL(proxy);
    decodeURIComponent(`${username}:${password}`);
    return protocol === "http:" || protocol === "https:";
  } catch {
    return false;
  }
};

/**
 * The variables whose proxy is written as only some programs take it, with what all take.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
const completedIn = (env) =>
  Object.fromEntries(
    proxies
      .flatMap((name) => [name, name.toUpperCase()])
      .map((name) => [name, complete(env[name] ?? "")])
      .filter(([name = "", proxy]) => proxy !== (env[name] ?? "")),
  );

/**
 * A proxy as every program takes it: with its scheme, and with a user and a password that can be decoded. Those that
 * cannot be, were typed as they are.
 * @param {string} proxy
 */
const complete = (proxy) => {
  const value = proxy.trim();
  if (value === "") return proxy;
  const whole = value.includes("://") ? value : `http://${value}`;
  return whole.replace(/(?<=:\/\/)[^/?#]*(?=@)/, (login) => (isEncoded(login) ? login : login.replaceAll("%", "%25")));
};

/** @param {string} text */
const isEncoded = (text) => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * Neither Node nor Go reads ALL_PROXY. Node knows no proxies but those of http.
 * @param {string | undefined} all
 * @param {(name: string) => string | undefined} valueOf
 * @returns {NodeJS.ProcessEnv}
 */
const forNodeAndGo = (all, valueOf) => {
  if (!/^https?:/i.test(all ?? "")) return {};
  return Object.fromEntries(
    ["http_proxy", "https_proxy"].flatMap((name) =>
      valueOf(name)
        ? []
        : [
            [name, all],
            [name.toUpperCase(), all],
          ],
    ),
  );
};

/**
 * The addresses of the clusters that kubeconfigs in a folder name.
 * @param {string} folder
 * @returns {string[]}
 */
const clustersIn = (folder) => {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(".kubeconfig"));
    const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
    return [...text.matchAll(/^\s*server: "?https?:\/\/(\[[^\]]+\]|[^:/\s"]+)/gm)].map(([, host = ""]) => host);
  } catch {
    // Not set up yet, or not to be read: others say so.
    return [];
  }
};
