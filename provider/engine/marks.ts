// As in the module runtime/rpc of Pulumi's SDK, which is not imported, since it brings all of the SDK along.

/** Stands for a value that a preview cannot know yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Names such a value in a text that people read. */
export const shownUnknown = "[unknown]";

/** The key by which an object is more than its properties: with {@link secretSignature} its `value` is a secret. */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** What {@link signatureKey} is for a secret. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Whether a value is an object or a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Whether a value is an object with named properties. */
export const isMapping = (value: unknown): value is Record<string, unknown> => isObject(value) && !Array.isArray(value);
