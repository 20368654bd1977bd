import { readIfPossible } from "../../../provider/processes/files.ts";

const sysResource = 24n;

/**
 * True if root lacks `CAP_SYS_RESOURCE` here, without which runc cannot start privileged containers as they are.
 * @param status the text of Linux' `/proc/self/status`.
 */
export const lacksSysResource = (status = readIfPossible("/proc/self/status") ?? ""): boolean => {
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1];
  return bounding !== undefined && ((BigInt(`0x${bounding}`) >> sysResource) & 1n) === 0n;
};
