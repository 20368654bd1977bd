export { closeSession as DELETE, openSession as POST } from "@/server/session/session";
