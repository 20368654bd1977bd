"use client";

import { useState } from "react";
import { useAddTodo, useChangeTodo, useDeleteTodo, useTodos } from "@/client/todos";
import { Button } from "./button";
import { EmptyList, LoadingList } from "./list-states";
import { NewTodo } from "./new-todo";
import { Notice } from "./notice";
import { OfflineBanner } from "./offline-banner";
import { shown, TodoFilter, type Filter } from "./todo-filter";
import { TodoItems } from "./todo-items";

/** The list page's content: a field for a new todo, and the todos or what there is instead of them. */
export function TodoList() {
  const todos = useTodos();
  const add = useAddTodo();
  const change = useChangeTodo();
  const remove = useDeleteTodo();
  const [filter, setFilter] = useState<Filter>("all");
  const failed = [add, change, remove].find((mutation) => mutation.isError);
  const items = shown(todos.data ?? [], filter);
  return (
    <div className="grid gap-5">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Your todos</h1>
        <OfflineBanner />
      </div>
      <NewTodo add={add.mutateAsync} />
      {failed?.error && <Notice title="That change was not saved">{failed.error.message}</Notice>}
      {todos.isPending && <LoadingList />}
      {todos.isError && (
        <div className="grid gap-3">
          <Notice title="Your todos could not be loaded">{todos.error.message}</Notice>
          <Button
            look="plain"
            className="justify-self-start"
            onClick={() => {
              void todos.refetch();
            }}
          >
            Try again
          </Button>
        </div>
      )}
      {todos.data && (
        <>
          {todos.data.length > 0 && <TodoFilter todos={todos.data} filter={filter} choose={setFilter} />}
          {items.length === 0 ? (
            <EmptyList filter={todos.data.length === 0 ? "all" : filter} />
          ) : (
            <TodoItems todos={items} change={change.mutate} remove={remove.mutate} />
          )}
        </>
      )}
    </div>
  );
}
