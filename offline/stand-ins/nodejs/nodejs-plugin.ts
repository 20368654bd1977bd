import service from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { languageHost } from "./language-host.ts";
import { serve } from "../serve-plugin.ts";

await serve(service.LanguageRuntimeService, languageHost);
