import type { NextRequest } from "next/server";
import { feed } from "@/server/feed";

export async function GET(request: NextRequest, { params }: { params: Promise<{ file: string }> }) {
  return await feed(request, (await params).file);
}
