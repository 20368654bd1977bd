import { connect } from "node:net";
import { once } from "node:events";
import { UserError } from "../processes/errors.ts";
import { isOurs, readMark } from "./ownership.ts";
import type { Profile } from "./ownership.ts";

/**
 * The ports that a cluster is to get and does not have. None when a start of this stack was interrupted: what it left
 * may hold them, and is removed before the next start, which looks at the ports again.
 * @param owner who asks, see {@link ownerOf}.
 */
export function addedPorts(
  olds: Profile & { instance: string; ports: string[] },
  ports: string[],
  owner: string,
): string[] {
  const mark = readMark(olds);
  const isInterrupted = mark?.made === undefined && isOurs(mark, owner, olds.instance);
  return isInterrupted ? [] : ports.filter((port) => !olds.ports.includes(port));
}

/**
 * Makes sure that nobody listens on the host's side of a port.
 * @param ports `ADDRESS:HOST_PORT:NODE_PORT`
 */
export async function checkPorts(ports: string[]): Promise<void> {
  for (const port of ports) {
    const [address = "", number = ""] = port.split(":");
    const taken = await listenerAt(address, Number(number));
    if (taken !== undefined) {
      throw new UserError(
        `Port ${number} on ${taken} is taken by another program.`,
        "Stop that program, or choose another port: npx pulumi config set port NUMBER",
      );
    }
  }
}

/**
 * Where somebody listens who would stand in the way of a port of this machine; undefined when nobody does. The
 * application is at `localhost`, which to many browsers is `::1` first: who listens there would be shown in its place.
 */
async function listenerAt(address: string, port: number): Promise<string | undefined> {
  for (const each of address === "127.0.0.1" ? [address, "::1"] : [address]) {
    if (await isListening(each, port)) return each;
  }
  return undefined;
}

/**
 * Whether somebody listens on a port. Asked by connecting: binding would miss a listener on all addresses on some
 * systems.
 */
export async function isListening(address: string, port: number): Promise<boolean> {
  const socket = connect(port, address);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
