import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";

/** What check, diff and update are told: which resource, how it was and how it is to be. */
export const changeIn = (
  request: Messages.CheckRequest | Messages.DiffRequest | Messages.UpdateRequest,
): [urn: string, olds: object, news: object] => [
  request.getUrn(),
  fromStruct(request.getOlds()),
  fromStruct(request.getNews()),
];

/** Properties as they are in a message. */
export const fromStruct = (message: Struct | undefined): object => message?.toJavaScript() ?? {};

/** Properties as a message has them. */
export const toStruct = (properties: object): Struct =>
  structs.Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);

/** What is wrong with a property, as the answer to check says it. */
export function failure(property: string, reason: string): Messages.CheckFailure {
  const found = new messages.CheckFailure();
  found.setProperty(property);
  found.setReason(`${property} ${reason}`);
  return found;
}
