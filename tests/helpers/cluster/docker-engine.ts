import { execa } from "execa";

/**
 * What the host's Docker has of a stack: containers, volumes and networks of its profile, and images of its
 * applications.
 */
export async function dockerTraces(profile: string): Promise<string[]> {
  const lines = async (...args: string[]): Promise<string[]> =>
    (await execa("docker", args)).stdout.split("\n").filter(Boolean);
  const named = `name=^/?${profile}`;
  return [
    ...(await lines("ps", "--all", "--filter", named, "--format", "container {{.Names}}")),
    ...(await lines("volume", "ls", "--filter", `name=${profile}`, "--format", "volume {{.Name}}")),
    ...(await lines("network", "ls", "--filter", `name=${profile}`, "--format", "network {{.Name}}")),
    ...(await lines("images", "--format", "image {{.Repository}}:{{.Tag}}", "todo-backend")),
    ...(await lines("images", "--format", "image {{.Repository}}:{{.Tag}}", "todo-frontend")),
  ].sort();
}
