import type { Props } from "./dialogs/FormDialog";
import { later } from "./later";

/** A dialog that does one thing: its fields, what went wrong with them, and the button that does it. */
export const FormDialog = later<Props>(() => import("./dialogs/FormDialog").then((m) => m.FormDialog));
