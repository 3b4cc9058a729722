import type { Area } from "../shell/areas";
import { texts } from "../texts/shell";

export const technician: Area = { title: texts.technicianArea, entries: [] };
