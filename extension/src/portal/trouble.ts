import { of } from "../texts";

/** Why something did not go: `unpaired`, `unreachable`, or what the server calls it (RFC 9457). */
export class Trouble extends Error {
  constructor(readonly kind: string, readonly said = of("trouble_", kind)) {
    super(said);
    this.name = "Trouble";
  }

  /** The server's problem document, in its words. */
  static async from(response: Response): Promise<Trouble> {
    const document: unknown = await response.json().catch(() => null);
    if (typeof document !== "object" || document === null) return new Trouble("refused");
    const { type, title, detail } = document as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === "string" ? value.slice(0, 300) : "");
    return new Trouble(text(type).replace("/problems/", "") || "refused", [text(title), text(detail)].filter(Boolean).join(". ") || undefined);
  }

  /** Whatever was thrown. */
  static of(thrown: unknown): Trouble {
    return thrown instanceof Trouble ? thrown : new Trouble("refused");
  }
}
