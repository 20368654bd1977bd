import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { CredentialsForm } from "@/components/account/credentials-form";
import { isSignedIn } from "@/server/session/current-user";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage() {
  if (await isSignedIn()) redirect("/");
  return <CredentialsForm kind="signin" />;
}
