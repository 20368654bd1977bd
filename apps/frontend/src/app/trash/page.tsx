import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Header } from "@/components/page/header";
import { Trash } from "@/components/list/trash";
import { currentUser } from "@/server/session/current-user";

export const metadata: Metadata = { title: "Trash" };

export default async function TrashPage() {
  const user = await currentUser();
  if (user === null) redirect("/signin");
  return (
    <>
      <Header email={user.email} />
      <main className="mx-auto max-w-2xl px-4 pt-6 pb-28 sm:pt-10">
        <Trash account={user.email} />
      </main>
    </>
  );
}
