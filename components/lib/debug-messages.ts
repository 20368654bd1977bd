import log from "@pulumi/pulumi/log/index.js";

/**
 * Takes the answers of Pulumi's engine out of what `--debug` prints. The SDK writes each whole into its message "RPC
 * finished", secrets in plain text among them.
 */
export const hideAnswersFromDebugMessages = (): void => {
  const { debug } = log;
  const withoutAnswer: typeof debug = (message, ...rest) =>
    debug(message.replace(/(RPC finished: .*?, resp: )[^]*/, "$1[hidden]"), ...rest);
  Object.assign(log, { debug: withoutAnswer });
};
