export { closeSession as DELETE, openSession as POST } from "@/server/session/sign-in-and-out";
