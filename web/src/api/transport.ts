import { noteServerTime } from "./clock";
import { Problem } from "./problem";

/** Sends once. What is not a success is thrown as a Problem. */
export async function sendOnce(request: Request): Promise<Response> {
  const response = await fetch(request).catch(() => { throw Problem.unreachable(); });
  noteServerTime(response);
  if (!response.ok) throw await Problem.from(response);
  return response;
}
