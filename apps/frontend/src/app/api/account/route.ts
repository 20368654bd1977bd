export { closeAccount as DELETE, openAccount as POST } from "@/server/session/sign-in-and-out";
