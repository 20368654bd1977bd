/** The stack on which the commands of npm work unless another one is named. */
export const defaultStack = "dev";

/**
 * A command of npm as a person types it for a stack: `npm run backup -- --stack demo`. Without the stack's name it
 * would save, or give up, the data of the stack `dev`.
 * @param stack empty where it is not known.
 * @param command such as `npm start -- --keep-data`.
 */
export const typedFor = (stack: string, command: string): string => {
  if (stack === defaultStack || stack === "") return command;
  return `${command}${command.includes(" -- ") ? "" : " --"} --stack ${stack}`;
};
