import type { V1ResourceQuota } from "@kubernetes/client-node";
import { ask } from "../../provider/cluster/kubernetes/connection.ts";
import type { Connection } from "../../provider/cluster/kubernetes/connection.ts";

/** One limit of a namespace, and how much of it is used. */
interface Quota {
  /** `requests.cpu 1 of 4` */
  text: string;
  isFull: boolean;
}

/** The limits of a namespace; none where there is no such namespace yet. @throws Error when it cannot be asked. */
export const quotasOf = async (connection: Connection, namespace: string): Promise<Quota[]> => {
  const answer = await ask(connection, "GET", `/api/v1/namespaces/${namespace}/resourcequotas`);
  const { items } = JSON.parse(answer) as { items: V1ResourceQuota[] };
  return items.flatMap(({ status }) =>
    Object.entries(status?.hard ?? {}).map(([name, hard]) => {
      const used = status?.used?.[name] ?? "0";
      return { text: `${name} ${used} of ${hard}`, isFull: amountOf(used) >= amountOf(hard) };
    }),
  );
};

const units: Record<string, number> = {
  ...{ m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 },
};

/** A quantity of Kubernetes as a number: `500m` is 0.5. */
const amountOf = (quantity: string): number => {
  const [, amount = "", unit = ""] = /^([\d.]+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return Number(amount) * (units[unit] ?? 1);
};
