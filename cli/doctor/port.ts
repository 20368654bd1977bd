import { isListening } from "../../provider/cluster/ports.ts";
import { fail, pass, warn } from "./verdicts.ts";
import type { Finding } from "./verdicts.ts";

/** Looks who listens at a port. @param ours whether that of 127.0.0.1 is the stack's own cluster. */
export const lookAtPort = async (port: number, ours: boolean): Promise<Finding> =>
  onPort(port, await isListening("127.0.0.1", port), ours, await isListening("::1", port));

/**
 * The port of the application.
 * @param taken whether somebody listens there.
 * @param ours whether that is the stack's own cluster.
 * @param isShadowed whether somebody listens at the same port of ::1, which is never the cluster.
 */
export const onPort = (port: number, taken: boolean, ours: boolean, isShadowed: boolean): Finding => {
  const next = "Stop that program, or type: npx pulumi config set port NUMBER";
  if (ours && isShadowed) {
    const text = `${port} leads to the cluster, but at ::1 to another program, which a browser may show for localhost`;
    return warn("port", text, `Stop that program, or open: http://127.0.0.1:${port}`);
  }
  if (ours) return pass("port", `${port} leads to the cluster`);
  if (taken) return fail("port", `${port} is taken by another program`, next);
  return isShadowed
    ? fail("port", `${port} on ::1 is taken by another program`, next)
    : pass("port", `${port} is free`);
};
