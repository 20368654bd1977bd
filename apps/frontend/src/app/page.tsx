import { redirect } from "next/navigation";
import { Assistant } from "@/components/assistant/assistant";
import { Header } from "@/components/page/header";
import { TimeZone } from "@/components/page/time-zone";
import { TodoList } from "@/components/list/todo-list";
import { currentUser } from "@/server/session/current-user";
import { firstList } from "@/server/backend/first-list";

interface Props {
  readonly searchParams?: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ListPage({ searchParams }: Props) {
  const query = new URLSearchParams(
    Object.entries((await searchParams) ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const [user, first] = await Promise.all([currentUser(), firstList(query)]);
  if (user === null) redirect("/signin");
  return (
    <>
      <Header email={user.email} />
      <TimeZone known={user.time_zone} />
      <main className="peer mx-auto max-w-2xl px-4 pt-6 pb-28 lg:has-[~aside]:me-104 sm:pt-10">
        <TodoList account={user.email} first={first} />
      </main>
      <Assistant />
    </>
  );
}
