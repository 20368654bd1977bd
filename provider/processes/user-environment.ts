/** What every program of this stack may know of the user's environment: by name, whole or by its beginning. */
const allowed = new RegExp(
  `^(?:${[
    // The user, the terminal and the machine.
    "PATH|HOME|USER|LOGNAME|SHELL|PWD|TERM|EDITOR|VISUAL|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR(?:_FORCE)?|COLUMNS|LINES",
    "LANG|LANGUAGE|LC_\\w+|TZ|TMPDIR|TMP|TEMP|XDG_\\w+|LD_LIBRARY_PATH|DBUS_SESSION_BUS_ADDRESS|SSH_AUTH_SOCK|WSL\\w*",
    // The way to the network, and whom to trust there.
    "(?:https?|all|no|ftp)_proxy|(?:HTTPS?|ALL|NO|FTP)_PROXY",
    "SSL_CERT_\\w+|NODE_EXTRA_CA_CERTS|NODE_USE_\\w+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NIX_SSL_CERT_FILE|GIT_SSL_CAINFO",
    // How Node runs, and where Trivy finds its database.
    "NODE_OPTIONS|NODE_COMPILE_CACHE|TRIVY_(?:CACHE_DIR|DB_REPOSITORY)",
    // Where version managers keep Python, Node and Go, of which the programs on PATH are stubs.
    "PYENV_\\w+|ASDF_\\w+|MISE_\\w+|NVM_\\w+|FNM_\\w+|VOLTA_\\w+",
    // A machine that tests, and what this project reads itself.
    "CI|TODO_STACK_\\w+",
    // Docker's client: its folder, and an engine of this machine.
    "DOCKER_CONFIG|DOCKER_HOST",
  ].join("|")})$`,
);

/**
 * What only some programs may know besides, by what they are for. Those that get packages are told from where, and how
 * they are let into a registry: a token or a URL with a password may be among it.
 */
const besides = {
  npm: /^(?:npm_config_.+|NPM_TOKEN|NODE_AUTH_TOKEN)$/i,
  python: /^(?:(?:PIP|UV)_\w+|NETRC)$/,
  go: /^(?:GO(?:PROXY|SUMDB|NOSUMDB|NOPROXY|PRIVATE|INSECURE|AUTH|PATH|CACHE|MODCACHE|TMPDIR|MAXPROCS|MEMLIMIT)|NETRC)$/,
  tests: /^(?:AIOPS_(?:SCENARIOS|ROUNDS|KILLS|MODE)|GITHUB_(?!TOKEN$)\w+|RUNNER_\w+)$/,
  browsers: /^PLAYWRIGHT_\w+$/,
  // With these sign in the programs that a kubeconfig or Docker's settings name: aws, gcloud, kubelogin and their like.
  clouds:
    /^(?:(?:AWS|GOOGLE|CLOUDSDK|AZURE|AAD|ARM|DIGITALOCEAN|OCI|IBMCLOUD|TSH|OIDC)_\w+|USE_GKE_GCLOUD_AUTH_PLUGIN)$/,
} as const;

/** What a program is for that may know more than others. */
export type Purpose = keyof typeof besides;

/**
 * Names the user's folder of Docker's settings where Pulumi's plugins get another; empty when it is Docker's default.
 */
export const usersDockerConfig = "TODO_STACK_DOCKER_CONFIG";

/**
 * Tells the provider that the API server of the stack's cluster does not answer. Whoever sets it has found that out,
 * and a preview does without the answers: so no resource waits for them again.
 */
export const silentVariable = "TODO_STACK_SILENT_CLUSTER";

/** What whoever starts Pulumi has decided for Minikube, for the programs that a plugin of Pulumi starts. */
const decided = /^MINIKUBE_(?:HOME|FORCE|BASE_IMAGE|FEATURE_GATES)$/;

/**
 * What programs may know of the user's environment. Nothing that would have another program, another cluster, another
 * engine or another way of working meant: no variable of Helm, Minikube, Kubernetes, Docker's builders or Pulumi. And
 * no passphrase.
 * @param purposes what the program is for. By default it gets what every program gets.
 */
export function userEnvironment(user: NodeJS.ProcessEnv, ...purposes: Purpose[]): NodeJS.ProcessEnv {
  const { DOCKER_HOST: host, ...rest } = withoutActiveDaemon(user);
  const patterns = [allowed, ...purposes.map((purpose) => besides[purpose])];
  const kept = Object.entries(rest).filter(([name]) => patterns.some((pattern) => pattern.test(name)));
  // The cluster is to run on this machine.
  return { ...Object.fromEntries(kept), ...(isLocal(host ?? "") ? { DOCKER_HOST: host } : {}) };
}

/** What a program may know besides for one purpose, alone. */
export const variablesFor = (user: NodeJS.ProcessEnv, purpose: Purpose): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(user).filter(([name]) => besides[purpose].test(name)));

/**
 * The same for the programs that a plugin starts: Minikube is told besides what Pulumi was told. Pulumi's own
 * variables, with the passphrase of the state among them, end here. Docker has the user's settings again.
 */
export function pluginEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    // Pulumi is told these only for a cluster that is there already.
    ...withUsersDocker(userEnvironment(env, "clouds")),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => decided.test(name))),
  };
}

/** Gives Docker the user's settings again where Pulumi's plugins have others: in them is which engine is current. */
export function withUsersDocker({ [usersDockerConfig]: users, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return users === undefined ? env : { ...env, DOCKER_CONFIG: users || undefined };
}

/**
 * What of the user's shell leads their own `docker` to another engine than the stack's, and what to type so that both
 * reach the same; undefined where nothing does.
 */
export function ignoredDocker(user: NodeJS.ProcessEnv): string | undefined {
  const { DOCKER_HOST: host = "", DOCKER_CONTEXT: context = "" } = withoutActiveDaemon(user);
  if (isLocal(host)) return undefined;
  if (host !== "") {
    return (
      `DOCKER_HOST=${host} counts for your own docker alone: the stack uses an engine at a socket of this machine. ` +
      "Type: unset DOCKER_HOST, or export DOCKER_HOST=unix:///var/run/docker.sock"
    );
  }
  if (context === "") return undefined;
  return (
    `DOCKER_CONTEXT=${context} counts for your own docker alone: the stack uses Docker's current context. ` +
    `Type: unset DOCKER_CONTEXT; docker context use ${context}`
  );
}

/** Whether the address of a Docker engine is on this machine. */
export const isLocal = (host: string): boolean => /^(unix|npipe):/.test(host);

/** Undoes `eval $(minikube docker-env)` of the user's shell, which would send docker commands into some cluster. */
function withoutActiveDaemon(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env["MINIKUBE_ACTIVE_DOCKERD"] === undefined) return env;
  return { ...env, DOCKER_HOST: env["MINIKUBE_EXISTING_DOCKER_HOST"] };
}
