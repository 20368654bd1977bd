import { redirect } from "next/navigation";
import { Assistant } from "@/components/assistant";
import { Header } from "@/components/header";
import { TimeZone } from "@/components/time-zone";
import { TodoList } from "@/components/todo-list";
import { currentUser } from "@/server/current-user";

export default async function ListPage() {
  const user = await currentUser();
  if (user === null) redirect("/signin");
  return (
    <>
      <Header email={user.email} />
      <TimeZone known={user.time_zone} />
      <main className="peer mx-auto max-w-2xl px-4 pt-6 pb-28 lg:has-[~aside]:me-104 sm:pt-10">
        <TodoList account={user.email} />
      </main>
      <Assistant />
    </>
  );
}
