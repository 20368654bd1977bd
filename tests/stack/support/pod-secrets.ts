import { stack } from "./stack.ts";

/** The Secrets of the release itself. */
async function opaque() {
  const { core, namespace } = stack.cluster;
  return (await core.listNamespacedSecret({ namespace, fieldSelector: "type=Opaque" })).items;
}

/** Their names. */
export async function namesOfSecrets(): Promise<string[]> {
  return (await opaque()).map(({ metadata }) => metadata?.name ?? "");
}

/** The content of the Secret of a component. */
export async function secretOf(component: string): Promise<Record<string, string>> {
  const found = (await opaque()).find(({ metadata }) => metadata?.name?.startsWith(`todo-${component}-`));
  const entries = Object.entries(found?.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

/** Every value of the secrets of the stack. */
export async function secretValues(): Promise<string[]> {
  return Object.values({ ...(await secretOf("backend")), ...(await secretOf("postgres")) });
}
