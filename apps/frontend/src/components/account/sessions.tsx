"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/client/api/api-types";
import { deviceName } from "@/client/api/device";
import { ask, read } from "@/client/api/request";
import { leave } from "@/client/api/own-session";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

type Session = components["schemas"]["SessionOut"];

const address = "/api/backend/auth/sessions";
const key = ["sessions"] as const;
const inMinutes = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Where the account is signed in, and what ends these sessions. */
export function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: key, queryFn: () => read<Session[]>(ask("GET", address)), staleTime: 0 });
  const end = useMutation({
    mutationFn: (id: string) => ask("DELETE", `${address}/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  const everywhere = useMutation({
    mutationFn: () => ask("POST", "/api/backend/auth/signout-everywhere"),
    onSuccess: leave,
  });
  const error = end.error ?? everywhere.error ?? sessions.error;
  return (
    <section aria-labelledby="sessions" className="grid gap-5 rounded-2xl border border-line bg-surface p-5 sm:p-7">
      <div className="grid gap-1">
        <h2 id="sessions" className="text-lg font-semibold">
          Sessions
        </h2>
        <p className="text-sm text-soft">Where your account is signed in.</p>
      </div>
      {error && <Notice>{error.message}</Notice>}
      <ul aria-label="Sessions" className="divide-y divide-line">
        {sessions.data?.map(({ id, current, device, refreshed_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-2 py-2">
            <div className="min-w-40 flex-1">
              <p className="break-words">
                <bdi>{deviceName(device)}</bdi>
                {current && <span className="text-soft"> (this one)</span>}
              </p>
              <p className="text-sm text-soft">Last used {inMinutes.format(new Date(refreshed_at))}</p>
            </div>
            {!current && (
              <Button
                look="plain"
                className="text-sm"
                aria-label={`Sign out ${deviceName(device)}`}
                disabled={end.isPending}
                onClick={() => {
                  end.mutate(id);
                }}
              >
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Button
        look="danger"
        className="justify-self-start"
        disabled={everywhere.isPending || everywhere.isSuccess}
        onClick={() => {
          everywhere.mutate();
        }}
      >
        Sign out everywhere
      </Button>
    </section>
  );
}
