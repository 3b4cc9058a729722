import type { components } from "./schema.gen";
import { texts } from "../texts/shell";

type Document = Pick<components["schemas"]["Problem"], "title" | "detail"> & Partial<components["schemas"]["Problem"]>;

/** What went wrong, as the server said it (RFC 9457), or what takes its place where the server said nothing. */
export class Problem extends Error {
  constructor(readonly document: Document, readonly requestID?: string) {
    super(document.title);
    this.name = "Problem";
  }

  /** The stable name of the kind, such as `live-grant-exists`; empty where it is not the server's. */
  get kind(): string { return this.document.type?.replace("/problems/", "") ?? ""; }

  /** Whether the same request may do better in a moment: nobody answered, or the server could not. */
  get passing(): boolean { return this.document.status === undefined || this.document.status >= 500; }

  static async from(response: Response): Promise<Problem> {
    const requestID = response.headers.get("X-Request-Id") ?? undefined;
    const document: unknown = await response.json().catch(() => null);
    if (isDocument(document)) return new Problem(document, requestID);
    return new Problem({ title: texts.unreadable, detail: texts.tryAgain, status: response.status }, requestID);
  }

  static unreachable(): Problem { return new Problem({ title: texts.unreachable, detail: texts.checkConnection }); }

  /** Whatever was thrown, as something that can be shown. */
  static of(thrown: unknown): Problem {
    return thrown instanceof Problem ? thrown : new Problem({ title: texts.unexpected, detail: texts.reloadPage });
  }
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && "title" in value && "detail" in value;
}
