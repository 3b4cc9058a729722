import { Fragment, type ReactNode } from "react";
import { pieces, type Names } from "../texts/say";

/** A text of the catalogue with elements in place of its names. */
export function Filled<T extends string>({ text, values }: { text: T; values: Record<Names<T>, ReactNode> }) {
  return pieces(text).map((piece, i) => <Fragment key={i}>{piece.name ? values[piece.name as Names<T>] : piece.text}</Fragment>);
}
