import { imagesAreOutOfReach, readMachine } from "../../../machine/machine.ts";
import { canInstallPackages } from "../apt.ts";

/**
 * Whether the images of a cluster are made on this machine: where they are out of reach and Debian packages can be
 * installed. Where they cannot, Minikube and Docker get what they can.
 */
export const imagesAreMadeHere = (machine = readMachine(), canInstall = canInstallPackages()): boolean =>
  imagesAreOutOfReach(machine) && canInstall;
