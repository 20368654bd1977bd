export { openAccount as POST } from "@/server/session";
