import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { DeleteAccount } from "@/components/account/delete-account";
import { ChangePassword } from "@/components/account/change-password";
import { Header } from "@/components/page/header";
import { OwnData } from "@/components/account/own-data";
import { Sessions } from "@/components/account/sessions";
import { currentUser } from "@/server/session/current-user";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const user = await currentUser();
  if (user === null) redirect("/signin");
  return (
    <>
      <Header email={user.email} />
      <main className="mx-auto grid w-full max-w-2xl gap-6 px-4 pt-6 pb-16 sm:pt-10">
        <div className="grid gap-1">
          <h1 className="text-2xl font-semibold tracking-tight">Account</h1>
          <p className="break-words text-soft">Signed in as {user.email}</p>
        </div>
        <OwnData />
        <Sessions />
        <ChangePassword />
        <DeleteAccount account={user.email} />
      </main>
    </>
  );
}
