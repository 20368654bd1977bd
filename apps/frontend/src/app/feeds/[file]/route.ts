import type { NextRequest } from "next/server";
import { feed } from "@/server/backend/feed";

export async function GET(request: NextRequest, { params }: { params: Promise<{ file: string }> }) {
  return await feed(request, (await params).file);
}
