import grpc from "@grpc/grpc-js";
import type { handleUnaryCall, ServiceError } from "@grpc/grpc-js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import { messageOf } from "../../provider/processes/errors.ts";
import { unary as plainUnary } from "../../provider/engine/grpc.ts";
import { toStruct } from "./properties.ts";
import { NotReady } from "./resource-type.ts";
import type { Checked, Difference } from "./resource-type.ts";

/** Makes a gRPC method of a function; what it throws is the method's error. */
export const unary = <Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> => plainUnary(answer, toServiceError);

/** The answer to a check of inputs. */
export function checkResponse(checked: Checked): Messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(checked.inputs));
  for (const { property, reason } of checked.failures ?? []) {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

/** The answer to a comparison, with the kind of each change. */
export function diffResponse(difference: Difference): Messages.DiffResponse {
  const { changes, replaces = [], deleteBeforeReplace = false } = difference;
  const { Kind } = messages.PropertyDiff;
  const { DiffChanges } = messages.DiffResponse;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;

  const response = new messages.DiffResponse();
  const paths = Object.entries(changes);
  response.setChanges(paths.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME);
  for (const [path, change] of paths) {
    const entry = new messages.PropertyDiff();
    entry.setKind(kinds[change][replaces.includes(path) ? 1 : 0]);
    response.getDetaileddiffMap().set(path, entry);
  }
  response.setHasdetaileddiff(paths.length > 0);
  response.setDiffsList([...new Set(paths.map(([path]) => path.split(/[.[]/)[0] ?? path))]);
  response.setReplacesList(replaces);
  response.setDeletebeforereplace(deleteBeforeReplace);
  return response;
}

function toServiceError(error: unknown): Partial<ServiceError> {
  const message = messageOf(error);
  const metadata = new grpc.Metadata();
  if (error instanceof NotReady) metadata.add("grpc-status-details-bin", Buffer.from(details(error)));
  return { code: grpc.status.UNKNOWN, message, metadata };
}

/** The form in which Pulumi's engine takes the state of a resource that failed to become ready. */
function details(error: NotReady): Uint8Array {
  const failure = new messages.ErrorResourceInitFailed();
  failure.setId(error.id);
  failure.setProperties(toStruct(error.state));
  failure.setReasonsList([error.message]);
  const packed = new any.Any();
  packed.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const response = new status.Status();
  response.setCode(grpc.status.UNKNOWN);
  response.setMessage(error.message);
  response.addDetails(packed);
  return response.serializeBinary();
}
