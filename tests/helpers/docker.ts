import { execa } from "execa";

/** Names of all containers, volumes, networks and images of the host's Docker, so that two moments can be compared. */
export async function dockerInventory(): Promise<Record<string, string[]>> {
  const lines = async (...args: string[]): Promise<string[]> =>
    (await execa("docker", args)).stdout.split("\n").filter(Boolean).sort();
  return {
    containers: await lines("ps", "--all", "--format", "{{.Names}}"),
    volumes: await lines("volume", "ls", "--format", "{{.Name}}"),
    networks: await lines("network", "ls", "--format", "{{.Name}}"),
    images: await lines("images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"),
  };
}
