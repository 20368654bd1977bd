import type { ContainerState } from "../cluster/docker/docker.ts";

/** Where the data are saved. */
const file = "backups/saved.dump";

/** Gets the database to run in a node that does not. */
const wake = {
  running: () => "",
  paused: (profile: string) => `docker unpause ${profile}; `,
  stopped: (profile: string) => `docker start ${profile}; docker exec ${profile} systemctl start kubelet; sleep 90; `,
};

/**
 * How a person saves the application's data from a cluster to which no stack has a way any more: by Docker in its node,
 * which asks for no certificate.
 * @returns a sentence that ends in a command, or nothing where Docker has no such node.
 */
export function saveByNode(profile: string, state: ContainerState): string {
  if (state === "missing" || state === "unknown") return "";
  const dump = "pg_dump --username=todo --dbname=todo --format=custom";
  const inNode = `docker exec $(docker ps --quiet --filter name=k8s_postgres_todo-postgres-0) ${dump}`;
  return `Save its data first: ${wake[state](profile)}(umask 077; mkdir -p backups; docker exec ${profile} sh -c '${inNode}' > ${file}). `;
}

/** How these data come back into the next cluster. */
export const restoreSaved = `Then: npm start; npm run restore -- ${file}`;
