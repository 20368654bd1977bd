/** Says what is wrong with the value of a setting, in words that follow "but"; undefined when all is well. */
export type Check = (value: string) => string | undefined;

/** A default of `Pulumi.yaml`. */
export type Default = string | number | boolean | undefined;

/** Refuses what the machine does not have, save the default, which is lowered to fit when the cluster is made. */
export function amount(least: number, available: number, unit: string, standard: Default): Check {
  return (value) => {
    if (value === String(standard)) return undefined;
    const problem = wholeNumber(least)(value);
    if (problem !== undefined) return problem;
    return Number(value) <= available ? undefined : `this machine has ${available} ${unit}`;
  };
}

/** Takes whole numbers of a range. */
export function wholeNumber(least: number, most?: number): Check {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= (most ?? Number.MAX_SAFE_INTEGER)
      ? undefined
      : `it must be a whole number ${range}`;
}

/** Takes some words alone. */
export function oneOf(...allowed: string[]): Check {
  return (value) => (allowed.includes(value) ? undefined : `it must be one of ${allowed.join(", ")}`);
}

/** Takes names for a profile of Minikube. */
export function profileName(value: string): string | undefined {
  // Minikube takes a name such as "todo-m2" for the second node of a cluster "todo".
  return /-m\d+$/.test(value) ? "Minikube keeps names that end in -m and a number for further nodes" : label(value);
}

/** Takes names for a namespace that Kubernetes does not keep for itself. */
export function namespaceName(value: string): string | undefined {
  return value === "default" || value.startsWith("kube-") ? "Kubernetes keeps that name for itself" : label(value);
}

function label(value: string): string | undefined {
  return /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(value)
    ? undefined
    : "it must be 2 to 40 small letters, digits and dashes, and begin with a letter";
}
