import { existsSync } from "node:fs";
import type { Commands } from "../processes/commands.ts";
import { thingsNamed } from "./docker/docker.ts";
import { UserError } from "../processes/errors.ts";
import { holderOf, profileFolder, readMark } from "./ownership.ts";
import type { Profile } from "./ownership.ts";

/**
 * Makes sure that the name of a profile is free, or taken by what an interrupted start of this stack left.
 * @returns whether there is such a rest, which is to be removed first.
 * @throws UserError naming who has it.
 */
export async function checkName(
  commands: Commands,
  driver: string,
  profile: Profile,
  owner: string,
): Promise<"free" | "ours"> {
  const mark = readMark(profile);
  const another = "Choose another name: npx pulumi config set profile NAME";
  if (mark !== undefined) {
    const holder = holderOf(mark, owner, "");
    if (holder === owner) return "ours";
    throw new UserError(`Minikube profile ${profile.profile} belongs to ${holder}.`, another);
  }
  if (existsSync(profileFolder(profile))) {
    throw new UserError(`There is a Minikube profile ${profile.profile} that this stack has not made.`, another);
  }
  const taken = driver === "docker" ? await thingsNamed(commands, profile.profile) : [];
  if (taken.length > 0) {
    throw new UserError(`Docker has a ${taken.join(" and a ")} that this stack has not made.`, another);
  }
  return "free";
}
