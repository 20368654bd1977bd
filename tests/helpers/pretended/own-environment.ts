/**
 * The user's environment without what points Pulumi, Minikube or Docker at something of the user's. The way to the
 * network, which may lead past a proxy with an authority of its own, stays. The folder in which the user typed is
 * another one here.
 */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(PULUMI_|MINIKUBE_|DOCKER_|KUBE|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
